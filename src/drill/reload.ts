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
const until = Date.now() + 5000
while (running()[1] !== wanted) {
  if (Date.now() > until) process.exit(1)
  await new Promise((resolve) => setTimeout(resolve, 20))
}

function running(): string[] {
  return readFileSync(join(folder, 'running'), 'utf8').trim().split(' ')
}
