/** The drill's reload program: tells the application to read its env file and waits until it runs with what is there. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDotenv } from '../consumers/dotenv-file.ts'

const [folder = '.'] = process.argv.slice(2)
const [pid] = running()
const value =
  parseDotenv(readFileSync(join(folder, '.env'))).findLast((one) => one.name === 'PERPLEXITY_API_KEY')
    ?.value ?? ''
const wanted = `sha256:${createHash('sha256').update(value).digest('hex')}`
process.kill(Number(pid), 'SIGHUP')
waitUntil(Date.now() + 5000)

function waitUntil(deadline: number): void {
  if (running()[1] === wanted) return
  if (Date.now() > deadline) process.exit(1)
  setTimeout(() => waitUntil(deadline), 20)
}

function running(): string[] {
  return readFileSync(join(folder, 'running'), 'utf8').trim().split(' ')
}
