import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Repo, temporary } from '../../support.ts'

const made = new Map<string, string>()

/** A copy of a repository that is built once: a copy costs a tenth. */
export function copyOf(name: string, build: (dir: string) => void): Repo {
  const kept = made.get(name) ?? mkdtempSync(join(tmpdir(), 'warden-template-'))
  if (!made.has(name)) build(kept)
  made.set(name, kept)
  const dir = temporary()
  cpSync(kept, dir, { recursive: true })
  return new Repo(dir)
}

/** At the end of a file. */
export function dropTemplates(): void {
  for (const dir of made.values()) rmSync(dir, { recursive: true, force: true })
  made.clear()
}
