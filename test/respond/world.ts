import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { nodeClock } from '../../src/cli/context.ts'
import { readYaml } from '../../src/config/document.ts'
import { importInventory, listKeys } from '../../src/inventory/index.ts'
import type { KeyEntry } from '../../src/inventory/types.ts'
import { openStore } from '../../src/store/index.ts'
import { type Sandbox, startSandbox } from '../../src/perplexity/sandbox/index.ts'
import { open } from '../../src/secret/open.ts'

export const command = join(import.meta.dirname, '../../dist/pplx-warden.js')

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/** A team with one key in production, its applications, a sandbox to issue from, and a state of its own. */
export interface World {
  readonly folder: string
  readonly state: string
  readonly sandbox: Sandbox
  readonly token: string
  readonly fingerprint: string
  readonly envFile: string
  readonly env: Record<string, string>
  /** Every output of every command, for the search for tokens. */
  readonly outputs: string[]
  run(args: readonly string[], options?: { input?: string; env?: Record<string, string> }): Promise<Ended>
  start(args: readonly string[], env?: Record<string, string>): ChildProcess
  writeInventory(consumers?: string | null, extra?: string): void
  /** `inventory import keys.yaml`, in this process: starting one takes longer. */
  importInventory(): Promise<void>
  keys(): Promise<readonly KeyEntry[]>
  respondJson(
    args: readonly string[],
    env?: Record<string, string>,
  ): Promise<{ ended: Ended; incident: Incident }>
  close(): Promise<void>
}

export interface Incident {
  readonly id: string
  readonly status: string
  readonly fingerprint: string
  readonly steps: readonly {
    readonly name: string
    readonly status: string
    readonly evidence: string | null
  }[]
  readonly obligations: readonly {
    readonly kind: string
    readonly detail: string
    readonly subject: string
  }[]
  readonly followUps: readonly { readonly kind: string }[]
  readonly replacement: { readonly fingerprint: string; readonly name: string } | null
  readonly consumers: readonly {
    readonly kind: string
    readonly target: string
    readonly status: string
    readonly evidence: string
  }[]
  readonly deadline: string | null
}

export const twoConsumers = (world: { folder: string }): string =>
  [
    '',
    `      - { kind: dotenv, path: app/.env, variable: PERPLEXITY_API_KEY, reload: [./reload] }`,
    `      - { kind: exec, deliver: [./deliver], confirm: [./confirm] }`,
  ]
    .join('\n')
    .replaceAll('FOLDER', world.folder)

const here = { clock: nodeClock, random: (bytes: number) => randomBytes(bytes), fs }

export async function makeWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'pplx-warden-test-'))
  const state = join(folder, 'state')
  const sandbox = await startSandbox({}, { clock: nodeClock, random: (bytes) => randomBytes(bytes), fs })
  const token = open(sandbox.firstKey)
  const envFile = join(folder, 'app/.env')
  mkdirSync(join(folder, 'app'))
  writeFileSync(envFile, `# search\nPORT=1\nexport PERPLEXITY_API_KEY='${token}' # current\nLAST=2\n`, {
    mode: 0o640,
  })
  script(folder, 'reload', 'exit 0')
  script(folder, 'deliver', 'cat > delivered-key; printf %s "$1" > delivered-fingerprint')
  script(folder, 'confirm', 'test "sha256:$(sha256sum < delivered-key | cut -d" " -f1)" = "$1"')
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    PPLX_WARDEN_HOME: state,
    PPLX_WARDEN_API_URL: sandbox.url,
  }
  const outputs: string[] = []
  const start: World['start'] = (args, more = {}) =>
    spawn(process.execPath, [command, ...args], {
      cwd: folder,
      env: { ...env, ...more },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  const run: World['run'] = async (args, { input = '', env: more = {} } = {}) => {
    const ended = await untilEnd(start(args, more), input)
    outputs.push(ended.stdout, ended.stderr)
    return ended
  }
  return {
    folder,
    state,
    sandbox,
    token,
    fingerprint: sandbox.firstKey.fingerprint,
    envFile,
    env,
    outputs,
    run,
    start,
    writeInventory(consumers = twoConsumers({ folder }), extra = '') {
      const lines = [
        'keys:',
        '  - name: Production-Main',
        '    token: dotenv:app/.env:PERPLEXITY_API_KEY',
        '    environment: production',
        '    owners: [{ name: Search team, email: search@example.com }]',
        ...(consumers === null ? [] : [`    consumers:${consumers}`]),
        extra,
        '',
      ]
      writeFileSync(join(folder, 'keys.yaml'), lines.join('\n'))
    },
    async importInventory() {
      const store = await openStore(join(state, 'warden.db'), here, { create: true })
      const readStdin = (): Promise<never> => Promise.reject(new Error('no key on standard input'))
      const deps = { ...here, env, spawn, signal: new AbortController().signal, readStdin }
      await importInventory(store, readYaml(join(folder, 'keys.yaml'), 'inventory file', fs), deps)
      await store.close()
    },
    async keys() {
      const store = await openStore(join(state, 'warden.db'), here, { create: true })
      const keys = await listKeys(store.db)
      await store.close()
      return keys
    },
    async respondJson(args, more = {}) {
      const ended = await run([...args, '--report', 'json'], { env: more })
      const incident =
        ended.stdout === '' ? null : (JSON.parse(ended.stdout) as { incident: Incident }).incident
      if (incident === null) throw new Error(`no result: ${ended.stderr}`)
      return { ended, incident }
    },
    async close() {
      await sandbox.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function script(folder: string, name: string, body: string): void {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
}

/** A command that does not end says what it had said by then. */
export function untilEnd(child: ChildProcess, input = '', patienceMs = 60_000): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const timer = setTimeout(() => {
      reject(
        new Error(`${child.spawnargs.join(' ')} did not end in ${patienceMs / 1000} s\n${stdout}\n${stderr}`),
      )
      child.kill('SIGKILL')
    }, patienceMs)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, stdout, stderr })
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}

/** Files below a folder with their content. */
export function* filesBelow(folder: string): Generator<{ path: string; bytes: Buffer }> {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const facts = statSync(path)
    if (facts.isDirectory()) yield* filesBelow(path)
    else if (facts.isFile()) yield { path, bytes: readFileSync(path) }
  }
}

/** Tests that run beside each other, each in a world of its own. */
export const inWorld = test.extend<{ world: World }>({
  world: async ({}, use) => {
    const world = await makeWorld()
    await use(world)
    await world.close()
  },
})
