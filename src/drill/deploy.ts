/** The drill's second application takes its key through this program: `deliver` reads it from standard input. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [verb, folder = '.', wanted] = process.argv.slice(2)
const stored = join(folder, 'deployed-key')
if (verb === 'deliver') writeFileSync(stored, readFileSync(0), { mode: 0o600 })
const fingerprint = `sha256:${createHash('sha256').update(readFileSync(stored)).digest('hex')}`
process.exitCode = fingerprint === wanted ? 0 : 1
