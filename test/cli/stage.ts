import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { nodeClock } from '../../src/cli/context.ts'
import { exitCodeIn } from '../../src/cli/run.ts'
import type { Context, Output } from '../../src/context.ts'
import { redactText } from '../../src/detect/redact.ts'
import { command, type Ended, filesBelow, makeWorld, untilEnd, type World } from '../respond/world.ts'
import { randomToken } from '../support.ts'
import { hasProcessList, type Seen, watchProcesses } from './processes.ts'
import { traceOf } from './traces.ts'

export interface RunOptions {
  readonly input?: string
  readonly cwd?: string
  readonly env?: Record<string, string>
}

/** A world in which everything that runs tells on itself: which words and which environment it was given. */
export interface Stage {
  readonly world: World
  /** A key that no inventory knows. */
  readonly stranger: string
  /** A git repository that holds both keys wherever git keeps a text. */
  readonly repository: string
  /** A service whose every reply is an error that repeats what it was sent. */
  readonly echo: string
  /** Runs one command line of the built command and holds it to its exit code. */
  readonly run: (code: number, args: readonly string[], options?: RunOptions) => Promise<Ended>
  /** The same within this process: no process list, but ten times as fast. */
  readonly within: (code: number, args: readonly string[], options?: RunOptions) => Promise<Ended>
  readonly imported: () => Promise<void>
  /** A file that is there to hold a key: a consumer's target, or what the test wrote. */
  readonly mayHold: (path: string) => void
  /** Every place where a token may have got to, searched. */
  readonly search: () => void
}

let watcher: ReturnType<typeof watchProcesses> | null = null

export const onStage = test.extend<{ stage: Stage }>({
  stage: async ({}, use) => {
    if (hasProcessList) watcher ??= watchProcesses()
    const world = await makeWorld()
    const service = await echoingService()
    await use(makeStage(world, service.url))
    await service.close()
    await world.close()
  },
})

function makeStage(world: World, echo: string): Stage {
  const stranger = randomToken()
  const repository = join(world.folder, 'repository')
  const outputs: string[] = []
  const allowed = new Set([world.envFile, join(world.folder, 'delivered-key')])
  let givenAsArgument = false
  let givenInEnvironment = false
  prepare(world)
  const held = (code: number, args: readonly string[], ended: Ended): Ended => {
    outputs.push(ended.stdout, ended.stderr)
    expect(ended.code, `${args.join(' ').slice(0, 80)}\n${ended.stdout}${ended.stderr}`).toBe(code)
    return ended
  }
  const within: Stage['within'] = async (code, args, options = {}) =>
    held(code, args, await runWithin(world, args, options))
  const holdsToken = (text: string): boolean => [world.token, stranger].some((token) => text.includes(token))
  return {
    world,
    stranger,
    get repository() {
      if (!existsSync(repository)) makeRepository(world, repository, stranger)
      for (const { path } of filesBelow(repository)) allowed.add(path)
      return repository
    },
    echo,
    async run(code, args, { input = '', cwd = world.folder, env = {} } = {}) {
      givenAsArgument ||= args.some(holdsToken)
      givenInEnvironment ||= Object.values(env).some(holdsToken)
      const child = spawn(process.execPath, [command, ...args], {
        cwd,
        env: { ...world.env, ...env },
        stdio: 'pipe',
      })
      watcher?.look(child.pid)
      return held(code, args, await untilEnd(child, input))
    },
    within,
    async imported() {
      world.writeInventory()
      await within(0, ['inventory', 'import', 'keys.yaml'])
    },
    mayHold: (path) => void allowed.add(join(world.folder, path)),
    search() {
      const tokens = [world.token, stranger, ...deliveredTo(world)]
      const clean = (content: Buffer | string, what: string): void =>
        expect(traceOf(content, tokens), what).toBeNull()
      for (const output of outputs) clean(output, 'an output')
      for (const { path, bytes } of filesBelow(world.folder)) if (!allowed.has(path)) clean(bytes, path)
      for (const { cmdline, environ } of watcher?.seen() ?? []) {
        if (!environ.includes(world.folder)) continue
        const isOurs = cmdline.includes(command)
        if (!(isOurs && givenAsArgument)) clean(cmdline, 'the process list')
        if (!(isOurs && givenInEnvironment))
          clean(environ, `the environment of ${words({ cmdline, environ })}`)
      }
      if (watcher !== null)
        expect(
          watcher.seen().some(({ environ }) => environ.includes(world.folder)),
          'the watcher saw it',
        ).toBe(true)
    },
  }
}

/** One command line within this process: the same words, files and exit code, without the start of a process. */
export async function runWithin(
  { folder, env }: World,
  args: readonly string[],
  { input = '', cwd = folder, env: more = {} }: RunOptions,
): Promise<Ended> {
  const written = { stdout: '', stderr: '' }
  const output = (name: keyof typeof written): Output => ({
    isTTY: false,
    columns: 80,
    write: (text) => void (written[name] += redactText(text)),
  })
  const context: Context = {
    clock: nodeClock,
    random: (bytes) => randomBytes(bytes),
    env: { ...env, ...more },
    cwd,
    fs,
    spawn,
    stdin: Object.assign(Readable.from([Buffer.from(input)]), {
      isTTY: false,
    }) as unknown as NodeJS.ReadStream,
    stdout: output('stdout'),
    stderr: output('stderr'),
    signal: new AbortController().signal,
  }
  const code = await exitCodeIn(context, args)
  return { code, signal: null, ...written }
}

function words({ cmdline }: Seen): string {
  return cmdline.replaceAll('\0', ' ').slice(0, 120)
}

/** A git that writes down its words, consumers that also print the key they are given, a channel, temporary files here. */
function prepare(world: World): void {
  const { folder } = world
  for (const name of ['bin', 'seen', 'tmp', 'home/.config/pplx-warden'])
    mkdirSync(join(folder, name), { recursive: true })
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const record = `{ printf '%s\\0' "$@"; env; } > "${folder}/seen/$(basename "$0").$$"`
  script(folder, 'bin/git', `${record}\nexec ${git} "$@"`)
  script(folder, 'reload', `${record}\ncat app/.env; cat app/.env >&2`)
  script(folder, 'deliver', `${record}\ncat > delivered-key; cat delivered-key; cat delivered-key >&2`)
  script(folder, 'confirm', `${record}\ncat delivered-key; cat delivered-key >&2`)
  script(folder, 'tell', `${record}\ncat >> "${folder}/seen/message"; cat app/.env; exit 0`)
  writeFileSync(
    join(folder, 'home/.config/pplx-warden/config.yaml'),
    `channels:\n  - { kind: command, command: [${folder}/tell] }\n`,
  )
  Object.assign(world.env, {
    PATH: `${folder}/bin:${world.env['PATH'] ?? ''}`,
    TMPDIR: join(folder, 'tmp'),
    PPLX_WARDEN_DEBUG: '1',
  })
}

export function script(folder: string, name: string, body: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`)
  chmodSync(join(folder, name), 0o755)
}

/** What was issued and delivered: only now does the test know it. */
function deliveredTo(world: World): string[] {
  const texts = [world.envFile, join(world.folder, 'delivered-key')]
    .filter(existsSync)
    .map((path) => readFileSync(path, 'utf8'))
  return texts.flatMap((text) => text.match(/pplx-[A-Za-z0-9]{48}/g) ?? [])
}

function makeRepository({ token, folder }: World, repository: string, stranger: string): void {
  mkdirSync(join(repository, stranger), { recursive: true })
  const git = (...args: string[]): void => {
    const author = {
      GIT_AUTHOR_NAME: `A ${stranger}`,
      GIT_AUTHOR_EMAIL: `${token}@example.com`,
      GIT_COMMITTER_NAME: token,
      GIT_COMMITTER_EMAIL: 'c@example.com',
    }
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...author }
    execFileSync('git', args, { cwd: repository, env, stdio: ['ignore', 'ignore', 'pipe'] })
  }
  const write = (name: string, content: string | Buffer): void =>
    writeFileSync(join(repository, name), content)
  git('init', '-q', '-b', `fix-${token}`)
  write('settings.py', `KEY = "${token}"\n`)
  write(`${token}.txt`, `a file named like its key: ${stranger}\n`)
  write(`${stranger}/values.yaml`, `key: ${Buffer.from(`key=${token}`).toString('base64')}\n`)
  write('app.log.gz', gzipSync(`GET /?key=${token} 401\n`))
  write('.env', `PERPLEXITY_API_KEY=${token}\n`)
  git('add', '-A')
  git('commit', '-q', '-m', `use ${token}\n\nand ${stranger}`)
  git('tag', '-a', '-m', `tag ${stranger}`, `v-${stranger}`)
  git('remote', 'add', 'origin', `https://x:${token}@git.invalid/${stranger}.git`)
  write('staged.py', `KEY = "${token}" # ${stranger}\n`)
  git('add', 'staged.py')
}

async function echoingService(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const said = `${request.headers.authorization ?? ''} ${body}`.replaceAll(/[^ -~]/g, ' ')
      response.writeHead(403, `Forbidden ${said}`, { 'content-type': 'application/json', 'x-request': said })
      response.end(JSON.stringify({ error: { message: `not allowed: ${said}`, type: said, code: said } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
