import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { Repo, temporary } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { bareEnvironment, program } from './command.ts'

const spoilt: Record<string, (bytes: Buffer) => Buffer | null> = {
  'as it was built': (bytes) => bytes,
  'not there': () => null,
  empty: () => Buffer.alloc(0),
  'cut off': (bytes) => bytes.subarray(0, 1000),
  'of another version of V8': (bytes) => Buffer.from(bytes).fill(7, 4, 8),
  'with bytes that are others': (bytes) => Buffer.from(bytes).fill(7, 10_000, 10_100),
}

test.each(Object.entries(spoilt))(
  'what was compiled in advance, %s: the command does the same',
  (_, spoil) => {
    const folder = temporary()
    const dist = join(folder, 'dist')
    symlinkSync(join(program, '../../node_modules'), join(folder, 'node_modules'))
    cpSync(dirname(program), dist, { recursive: true })
    const chunks = join(dist, 'chunks')
    const compiled = readdirSync(chunks).filter((name) => name.endsWith('.compiled'))
    expect(compiled.length).toBe(1)
    for (const name of compiled) {
      const bytes = spoil(readFileSync(join(chunks, name)))
      if (bytes === null) rmSync(join(chunks, name))
      else writeFileSync(join(chunks, name), bytes)
    }
    const repo = new Repo()
    repo.stage({ 'a.txt': randomToken() })
    const args = [join(dist, 'pplx-warden.js'), 'scan', 'staged']
    const ended = spawnSync(process.execPath, args, {
      cwd: repo.dir,
      env: bareEnvironment(),
      encoding: 'utf8',
    })
    expect({ code: ended.status, stderr: ended.stderr }).toEqual({ code: 1, stderr: '' })
  },
)
