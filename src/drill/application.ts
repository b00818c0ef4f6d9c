/**
 * The drill's application: a real process that reads its env file and calls the API all the time. A reload (SIGHUP)
 * reads the file anew and answers by writing the fingerprint it runs with. Every answer's status is logged.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDotenv } from '../consumers/dotenv-file.ts'

const [folder = '.', url = ''] = process.argv.slice(2)

let key = readKey()
announce()
process.on('SIGHUP', () => {
  key = readKey()
  announce()
})
process.on('SIGTERM', () => process.exit(0))

// A drill that was killed must not leave its application running.
const drill = process.ppid
void keepAsking()

async function keepAsking(): Promise<void> {
  while (process.ppid === drill) {
    await ask(key)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function ask(token: string): Promise<void> {
  let status: number
  try {
    const reply = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonar', messages: [{ role: 'user', content: 'Test' }], max_tokens: 1 }),
    })
    status = reply.status
    await reply.arrayBuffer()
  } catch {
    status = 0
  }
  appendFileSync(join(folder, 'requests.log'), `${Date.now()} ${status} ${fingerprint(token)}\n`)
}

function readKey(): string {
  return (
    parseDotenv(readFileSync(join(folder, '.env'))).findLast((one) => one.name === 'PERPLEXITY_API_KEY')
      ?.value ?? ''
  )
}

function announce(): void {
  writeFileSync(join(folder, 'running.new'), `${process.pid} ${fingerprint(key)}\n`)
  renameSync(join(folder, 'running.new'), join(folder, 'running'))
}

function fingerprint(token: string): string {
  return `sha256:${createHash('sha256').update(token).digest('hex')}`
}
