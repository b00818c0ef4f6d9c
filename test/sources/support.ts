import { execFileSync, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { Clock, Context } from '../../src/context.ts'
import { createDetector } from '../../src/detect/index.ts'
import type { KeyEntry } from '../../src/inventory/types.ts'
import { runScan, type ScanOptions } from '../../src/pipeline/scan.ts'
import type { Finding, KeyLookup, ScanResult } from '../../src/pipeline/types.ts'
import { secretOf } from '../../src/secret/index.ts'
import type { Source } from '../../src/sources/types.ts'

export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal === undefined ? {} : { signal }),
}

/** A temporary folder that goes with the test. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warden-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function contextAt(cwd: string, changes: Partial<Context> = {}) {
  const spawner: Context['spawn'] = (program, args, options) => spawn(program, [...args], options)
  return { fs, cwd, clock, spawn: spawner, env: process.env, stdin: process.stdin, ...changes }
}

export const noKeys: KeyLookup = { entries: [], byFingerprint: () => null }

export function keysOf(...entries: KeyEntry[]): KeyLookup {
  return { entries, byFingerprint: (print) => entries.find((entry) => entry.fingerprint === print) ?? null }
}

export function keyEntry(token: string, changes: Partial<KeyEntry> = {}): KeyEntry {
  return {
    id: 'k1',
    name: 'Main',
    fingerprint: secretOf(token).fingerprint,
    bodyLength: 48,
    alphanumeric: true,
    account: 'default',
    environment: 'production',
    purpose: null,
    owners: [{ name: 'Search team' }],
    consumers: [],
    locator: null,
    locatorStale: false,
    status: 'active',
    management: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    rotateEveryDays: null,
    rotateBy: null,
    lastSeenAt: null,
    replaces: null,
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...changes,
  }
}

export function scan(source: Source, changes: Partial<ScanOptions> = {}): Promise<ScanResult> {
  return runScan({
    source,
    detector: createDetector(),
    keys: noKeys,
    context: contextAt('/'),
    signal: new AbortController().signal,
    ...changes,
  })
}

/** Root may read everything: the folder is given to another user, who then runs it. */
export async function asNobody<T>(folder: string, run: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return run()
  const nobody = 65_534
  execFileSync('chown', ['-R', String(nobody), folder])
  process.seteuid?.(nobody)
  try {
    return await run()
  } finally {
    process.seteuid?.(0)
  }
}

export const never = new AbortController().signal

export function found(result: ScanResult, token: string): Finding {
  const { fingerprint } = secretOf(token)
  const finding = result.findings.find((one) => one.fingerprint === fingerprint)
  if (finding === undefined) throw new Error(`not found; skipped: ${JSON.stringify(result.skipped)}`)
  return finding
}

export function write(folder: string, files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
}

/** A named pipe in the place of a repository's file: whoever opens it waits for ever. */
export function pipe(repo: Repo, name: string): string {
  const file = join(repo.dir, name)
  mkdirSync(dirname(file), { recursive: true })
  rmSync(file, { force: true })
  execFileSync('mkfifo', [file])
  return file
}

/** A real repository; every commit has the same author and a date of its own. */
export class Repo {
  readonly dir: string
  #commits = 0

  constructor(dir: string = temporary(), ...init: string[]) {
    this.dir = dir
    this.git('init', '-q', '-b', 'main', '--template=', ...init)
    // Of git's template only the folders: its sample hooks are a dozen files to be read in every test.
    const folder = join(dir, '.git')
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return
    for (const name of ['hooks', 'info']) mkdirSync(join(folder, name), { recursive: true })
  }

  git(...args: string[]): string {
    return this.gitWith({}, ...args)
  }

  gitWith(options: { input?: string | Uint8Array; env?: Record<string, string> }, ...args: string[]): string {
    const date = `${1_700_000_000 + this.#commits * 60} +0000`
    return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: this.dir,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.input === undefined ? {} : { input: options.input }),
      env: {
        ...process.env,
        GIT_AUTHOR_NAME: 'Ann',
        GIT_AUTHOR_EMAIL: 'ann@example.com',
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: 'Ann',
        GIT_COMMITTER_EMAIL: 'ann@example.com',
        GIT_COMMITTER_DATE: date,
        ...options.env,
      },
    }).trim()
  }

  stage(files: Record<string, string | Uint8Array>): void {
    write(this.dir, files)
    this.git('add', '-A', '-f')
  }

  /** Returns the commit's id. */
  commit(files: Record<string, string | Uint8Array>, message = 'change'): string {
    this.stage(files)
    this.#commits += 1
    this.git('commit', '-q', '--allow-empty', '-m', message)
    return this.#head()
  }

  /** Most of the time two files say it, without a process. */
  #head(): string {
    const folder = join(this.dir, '.git')
    try {
      const head = readFileSync(join(folder, 'HEAD'), 'utf8').trim()
      const id = head.startsWith('ref: ') ? readFileSync(join(folder, head.slice(5)), 'utf8').trim() : head
      if (/^[0-9a-f]{40,64}$/.test(id)) return id
    } catch {
      // Bare, a worktree, or packed.
    }
    return this.git('rev-parse', 'HEAD')
  }
}
