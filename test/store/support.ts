import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { StoreDependencies } from '../../src/store/index.ts'

/** The real file system and randomness, and the real clock. */
export const deps: StoreDependencies = {
  fs,
  random: (bytes) => randomBytes(bytes),
  clock: {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  },
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true })
})

/** A folder of its own, gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'pplx-warden-test-'))
  folders.push(folder)
  return folder
}
