import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  command,
  type Ended,
  filesBelow,
  inWorld,
  twoConsumers,
  untilEnd,
  type World,
} from '../respond/world.ts'
import { randomToken } from '../support.ts'
import { hasProcessList, livingIn, openedBy } from './processes.ts'
import { runWithin } from './stage.ts'

const publicly = ['--exposure', 'public', '--yes', '--durable-state', '--drain', '0'] as const
const isRoot = process.getuid?.() === 0

/** What another user may not read root may: as root the command runs as somebody else. */
const asNobody = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
const canDropRights =
  !isRoot ||
  spawnSync(asNobody[0] ?? '', [...asNobody.slice(1), process.execPath, command, '--version']).status === 0
const canMount = isRoot && mounts()

async function imported(world: World, consumers?: string): Promise<void> {
  world.writeInventory(consumers)
  const ended = await world.run(['inventory', 'import', 'keys.yaml'])
  expect(ended.code, ended.stderr).toBe(0)
}

function withoutRights(
  world: World,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const words = [...asNobody, process.execPath, command, ...args]
  return untilEnd(spawn('env', words, { cwd: world.folder, env: { ...world.env, ...env } }))
}

function shell(world: World, script: string, env: Record<string, string> = {}): Promise<Ended> {
  const all = { ...world.env, NODE: process.execPath, COMMAND: command, ...env }
  return untilEnd(spawn('bash', ['-c', script], { cwd: world.folder, env: all }))
}

function expectRefused(ended: Ended, ...words: readonly (string | RegExp)[]): void {
  expect(ended.code, ended.stdout + ended.stderr).toBe(2)
  expect(ended.stdout).toBe('')
  expect(ended.stderr).toMatch(/^pplx-warden: error: [^A-Z]?/)
  for (const word of words) expect(ended.stderr).toMatch(word)
  expectNoStack(ended)
}

function expectNoStack({ stdout, stderr }: Ended): void {
  expect(stdout + stderr).not.toMatch(/^\s+at .*\d+:\d+/m)
}

describe.concurrent('words that name nothing', () => {
  inWorld.for([
    [['scan', 'dir', 'nope'], /nope: no such file or folder/],
    [['scan', 'dir', '.', 'nope'], /nope: no such file or folder/],
    [['scan', 'log', 'nope.log'], /nope\.log/],
    [['scan', 'git', 'app'], /not in a git repository/],
    [['scan', 'git', 'nope'], /nope/],
    [['inventory', 'import', 'nope.yaml'], /nope\.yaml: inventory file: there is no such file/],
    [['scan', 'dir', '.', '--config', 'nope.yaml'], /nope\.yaml: configuration: there is no such file/],
    [['respond', 'Nobody'], /no incident, key or fingerprint Nobody/],
    [['resond', 'x'], /did you mean respond\?/],
    [['inventory', 'lsit'], /did you mean inventory list\?/],
    [['scan', 'dir', '--repot', 'json'], /did you mean --report\?/],
    [['rotate', 'x'], /rotate is not built yet/],
    [['scan', 'url', 'https://example.com'], /scan url is not built yet/],
    [['inventory', 'export', '--committable', 'x'], /not built yet/],
    [['scan', 'git', '--range', 'main'], /one revision is no range/],
    [['scan', 'git', '--range', '..main'], /begins nowhere/],
    [['scan', 'git', '--range=--output=x..main'], /is no revision/],
    [['scan', 'git', '--not-reachable-from=^main'], /is no revision/],
    [['scan', 'git', '--range', 'a..b', '--branch', 'b'], /do not go together/],
    [['scan', 'git', '--since', 'yesterday'], /yesterday is no time/],
    [['respond', 'x', '--report', 'html'], /html is not built yet/],
    [['scan', 'dir', '--report', 'jsno'], /did you mean json\?/],
    [['escrow', 'list', '--report', 'csv'], /csv/],
    [['escrow', 'list', 'x'], /too many/],
    [['incident', 'list', 'x'], /too many/],
  ] as const)('%j: 2 and nothing done', async ([args, message], { world }) => {
    expectRefused(await runWithin(world, args, {}), message)
    expect(existsSync(join(world.state, 'escrow'))).toBe(false)
  })

  inWorld('a token as an argument is refused and not repeated', async ({ world }) => {
    for (const args of [
      ['respond', world.token],
      ['inventory', 'add', '--name', world.token],
    ]) {
      const ended = await runWithin(world, args, {})
      expectRefused(ended, "shell's history", 'paste it at the prompt')
      expect(ended.stderr).not.toContain(world.token.slice(5, 20))
    }
  })
})

describe.concurrent('files that cannot be used', () => {
  inWorld('broken YAML: file, line and column', async ({ world }) => {
    const inventory = join(world.folder, 'keys.yaml')
    writeFileSync(inventory, 'keys:\n  - name: A\n    token: [env:X\n    environment: ci\n')
    expectRefused(await runWithin(world, ['inventory', 'import', 'keys.yaml'], {}), /keys\.yaml:\d+:\d+: /)
    writeFileSync(inventory, 'keys:\n  - name: A\n    token: env:X\n    enviroment: ci\n')
    expectRefused(
      await runWithin(world, ['inventory', 'import', 'keys.yaml'], {}),
      /keys\.yaml:4:5: .*did you mean environment\?/,
    )
    writeFileSync(join(world.folder, 'c.yaml'), 'version: 1\nscan:\n  exlude: []\n')
    expectRefused(
      await runWithin(world, ['scan', 'dir', 'app', '--config', 'c.yaml'], {}),
      /c\.yaml:3:3: .*did you mean exclude\?/,
    )
  })

  inWorld('a pipe or a folder where a file is wanted', async ({ world }) => {
    execFileSync('mkfifo', [join(world.folder, 'pipe')])
    expectRefused(await runWithin(world, ['inventory', 'import', 'pipe'], {}), 'not a regular file')
    expectRefused(await runWithin(world, ['scan', 'dir', '.', '--config', 'app'], {}), 'not a regular file')
    expectRefused(await runWithin(world, ['inventory', 'list', '--db', 'app'], {}), 'not a regular file')
    const scanned = await runWithin(world, ['scan', 'dir', 'pipe'], {})
    expect(scanned.code).toBe(3)
  })

  const droppable = canDropRights ? inWorld : inWorld.skip // Without setpriv nothing is unreadable to root.
  droppable('a file that may not be read makes the scan incomplete: 3', async ({ world }) => {
    chmodSync(world.folder, 0o755)
    mkdirSync(join(world.folder, 'tree/closed'), { recursive: true })
    writeFileSync(join(world.folder, 'tree/secret'), 'x', { mode: 0o600 })
    writeFileSync(join(world.folder, 'tree/open'), 'x')
    for (const path of ['tree/secret', 'tree/closed']) chmodSync(join(world.folder, path), 0)
    const ended = await withoutRights(world, ['scan', 'dir', 'tree'], {
      HOME: '/nonexistent',
      PPLX_WARDEN_HOME: '',
    })
    expect(ended.code, ended.stdout + ended.stderr).toBe(3)
    expect(ended.stdout).toMatch(/secret/)
    expect(ended.stdout).toMatch(/closed/)
    expect(ended.stdout).toContain('INCOMPLETE')
    chmodSync(join(world.folder, 'tree/closed'), 0o700)
  })

  inWorld('a database that is none, is damaged, or is of a newer version', async ({ world }) => {
    writeFileSync(
      join(world.folder, 'text.db'),
      'no database at all, only words, and more of them than a header has\n'.repeat(20),
    )
    await imported(world)
    const db = join(world.state, 'warden.db')
    expectRefused(await runWithin(world, ['inventory', 'list', '--db', 'text.db'], {}), 'no SQLite database')
    expectRefused(await runWithin(world, ['scan', 'dir', 'app', '--db', 'text.db'], {}), 'no SQLite database')
    expectRefused(await runWithin(world, ['respond', 'A', '--db', 'text.db'], {}), 'no SQLite database')
    expectRefused(
      await runWithin(world, ['inventory', 'list', '--db', 'postgres://localhost/x'], {}),
      'not built yet',
    )
    await withDatabase(db, (sqlite) =>
      sqlite.exec("insert into schema_version (version, applied_at) values (99, '2030-01-01T00:00:00Z')"),
    )
    expectRefused(await runWithin(world, ['inventory', 'list'], {}), 'newer')
    expectRefused(await runWithin(world, ['scan', 'dir', 'app'], {}), 'newer')
    expectRefused(await runWithin(world, ['respond', 'Production-Main'], {}), 'newer')
  })

  inWorld(
    'a database that another process has locked: 2 and what to do, nothing written',
    async ({ world }) => {
      await imported(world)
      await withDatabase(join(world.state, 'warden.db'), async (sqlite) => {
        sqlite.exec('begin exclusive')
        const ended = await world.run(['respond', 'Production-Main', ...publicly])
        expectRefused(ended, 'locked', 'try again')
        sqlite.exec('rollback')
      })
      expect(world.sandbox.books().counters.issued).toBe(1)
    },
  )

  droppable('a database that may only be read: scans and lists work, a response is 2', async ({ world }) => {
    await imported(world)
    chmodSync(world.folder, 0o755)
    chmodSync(world.state, 0o555)
    for (const { path } of filesBelow(world.state)) chmodSync(path, 0o444)
    expect(await withoutRights(world, ['inventory', 'list'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Production-Ma'),
    })
    expectRefused(
      await withoutRights(world, ['respond', 'Production-Main', ...publicly]),
      /cannot be written|no permission/,
    )
    chmodSync(world.state, 0o700)
  })
})

describe.concurrent('a full disk', () => {
  const mountable = canMount ? inWorld : inWorld.skip // Only root can mount a disk that is full.
  mountable('under the escrow: nothing was issued', async ({ world }) => {
    await imported(world)
    const escrow = join(world.state, 'escrow')
    mkdirSync(escrow)
    await onSmallDisk(escrow, '60k', async () => {
      const ended = await world.run(['respond', 'Production-Main', ...publicly, '--wait', '0'])
      expect([1, 3]).toContain(ended.code)
      expect(ended.stdout + ended.stderr).toMatch(/ENOSPC|no space|full/)
      expectNoStack(ended)
      expect(world.sandbox.books().counters).toMatchObject({ issued: 1, revoked: 0 })
    })
    const { ended } = await world.respondJson(['respond', 'Production-Main', ...publicly])
    expect(ended.code, ended.stderr).toBe(0)
  })

  mountable('under the database while it is written: it says so, nothing was issued', async ({ world }) => {
    mkdirSync(world.state)
    await onSmallDisk(world.state, '128k', async () => {
      world.writeInventory()
      const ended = await world.run(['inventory', 'import', 'keys.yaml'])
      const last =
        ended.code === 0 ? await world.run(['respond', 'Production-Main', ...publicly, '--wait', '0']) : ended
      expect([1, 2, 3]).toContain(last.code)
      expect(last.stdout + last.stderr).toMatch(/disk is full|ENOSPC|no space/)
      expectNoStack(last)
    })
    expect(world.sandbox.books().counters.issued).toBe(1)
  })

  inWorld('behind standard output is 3 where it would have been 0', async ({ world }) => {
    await imported(world)
    for (const words of ['scan dir bin', 'rules list', '--version']) {
      mkdirSync(join(world.folder, 'bin'), { recursive: true })
      const ended = await shell(world, `"$NODE" "$COMMAND" ${words} > /dev/full`)
      expect(ended.code, words).toBe(3)
      expectNoStack(ended)
    }
  })
})

describe.concurrent('a reader that leaves', () => {
  inWorld('changes no exit code and shows no stack', async ({ world }) => {
    await imported(world)
    writeFileSync(join(world.folder, 'leaked'), `${world.token}\n`)
    for (const [words, code] of [
      ['inventory list', 0],
      ['incident list --report json', 0],
      ['--help', 0],
      ['--version', 0],
      ['scan dir leaked --report jsonl', 1],
    ] as const) {
      const ended = await shell(world, `"$NODE" "$COMMAND" ${words} | true; exit \${PIPESTATUS[0]}`)
      expect(ended.code, `${words}: ${ended.stderr}`).toBe(code)
      expectNoStack(ended)
    }
  })
})

describe.concurrent('an interruption', () => {
  inWorld.for([
    ['SIGINT', 130, ['scan', 'log', '-']],
    ['SIGTERM', 143, ['scan', 'log', '-']],
    ['SIGINT', 130, ['sandbox']],
    ['SIGTERM', 143, ['respond', 'Production-Main', ...publicly]],
    ['SIGINT', 130, ['respond', 'Production-Main', ...publicly]],
  ] as const)('by %s is %i: %j', async ([signal, code, args], { world }) => {
    if (args[0] === 'respond') {
      writeFileSync(join(world.folder, 'slow'), '#!/bin/sh\ntouch begun\nexec sleep 60\n')
      chmodSync(join(world.folder, 'slow'), 0o755)
      await imported(world, `${twoConsumers(world)}\n      - { kind: exec, deliver: [./slow] }`)
    }
    const child = world.start(args)
    child.stdin?.write('x\n'.repeat(10))
    const ended = ending(child)
    if (args[0] === 'respond') await until(() => existsSync(join(world.folder, 'begun')))
    else if (args[0] === 'sandbox') await new Promise((resolve) => child.stdout?.once('data', resolve))
    else await new Promise((resolve) => setTimeout(resolve, 1500))
    child.kill(signal)
    const result = await ended
    expect(result.code, result.stdout + result.stderr).toBe(code)
    expectNoStack(result)
    if (hasProcessList) await until(() => livingIn(world.folder).length === 0)
    if (args[0] !== 'respond') return
    expect(await world.run(['incident', 'show', 'Production-Main', '--verify'])).toMatchObject({ code: 0 })
    writeFileSync(join(world.folder, 'slow'), '#!/bin/sh\ncat > /dev/null\n')
    expect((await world.run(['respond', 'Production-Main', ...publicly])).code).toBe(0)
    expect(world.sandbox.books().counters, 'issued once').toMatchObject({ issued: 2, live: 1 })
  })

  const visible = hasProcessList ? inWorld : inWorld.skip // How far it is can be seen in /proc only.
  visible('in the middle of a scan of files is 130', async ({ world }) => {
    mkdirSync(join(world.folder, 'tree'))
    for (let file = 0; file < 64; file++) {
      writeFileSync(join(world.folder, 'tree', `${file}`), '')
      truncateSync(join(world.folder, 'tree', `${file}`), 16_000_000)
    }
    const child = world.start(['scan', 'dir', 'tree'])
    const ended = ending(child)
    await until(() => bytesRead(child.pid) > 40_000_000)
    child.kill('SIGINT')
    const result = await ended
    expect(result.code, result.stdout + result.stderr).toBe(130)
    expectNoStack(result)
  })

  visible('in the middle of a history is 130, and its git has ended', async ({ world }) => {
    const tree = join(world.folder, 'tree')
    mkdirSync(tree)
    const git = (...args: string[]): void =>
      void execFileSync('git', args, {
        cwd: tree,
        stdio: 'ignore',
        env: { ...world.env, GIT_CONFIG_NOSYSTEM: '1' },
      })
    git('init', '-q')
    for (let file = 0; file < 20; file++)
      writeFileSync(join(tree, `${file}`), Buffer.alloc(4_000_000, `${file} pplx-`))
    git('add', '-A')
    const child = world.start(['scan', 'git', tree])
    const ended = ending(child)
    await until(() => openedBy(child.pid).some((file) => file.includes('.git/objects')))
    child.kill('SIGINT')
    const result = await ended
    expect(result.code, result.stdout + result.stderr).toBe(130)
    expectNoStack(result)
    await until(() => livingIn(world.folder).length === 0)
  })
})

describe.concurrent('a bare surrounding', () => {
  inWorld('no HOME: scans work, what writes is 2', async ({ world }) => {
    const bare = { PATH: world.env['PATH'] ?? '' }
    const run = (args: readonly string[]) =>
      untilEnd(spawn(process.execPath, [command, ...args], { cwd: world.folder, env: bare }))
    expect((await run(['scan', 'dir', 'app'])).code).toBe(1)
    expect((await run(['inventory', 'list'])).code).toBe(0)
    expectRefused(await run(['respond', 'x']), 'HOME is not set')
    expectRefused(await run(['escrow', 'list']), 'HOME is not set')
  })

  inWorld('no git: said, and files are scanned all the same', async ({ world }) => {
    for (const PATH of ['', '/nonexistent']) {
      expectRefused(await runWithin(world, ['scan', 'git', '.'], { env: { PATH } }), 'git was not found')
      expectRefused(await runWithin(world, ['scan', 'staged'], { env: { PATH } }), 'git was not found')
      expect((await runWithin(world, ['scan', 'dir', 'app'], { env: { PATH } })).code).toBe(1)
    }
  })

  inWorld('a working folder that was removed is never the root of the disk', async ({ world }) => {
    const ended = await shell(world, 'mkdir gone; cd gone; rmdir ../gone; "$NODE" "$COMMAND" scan dir')
    expectRefused(ended, 'no such file or folder')
    const listed = await shell(world, 'mkdir gone; cd gone; rmdir ../gone; "$NODE" "$COMMAND" inventory list')
    expect(listed.code, listed.stderr).toBe(0)
  })

  inWorld('a state folder that cannot be made: 2', async ({ world }) => {
    const ended = await world.run(['respond', 'x'], { env: { PPLX_WARDEN_HOME: `${world.envFile}/state` } })
    expectRefused(ended, 'app/.env/state')
  })

  inWorld('40 columns, NO_COLOR: no line is longer, no escape', async ({ world }) => {
    await imported(world)
    const ended = await shell(world, 'stty cols 40 2>/dev/null; "$NODE" "$COMMAND" inventory list', {
      NO_COLOR: '1',
      COLUMNS: '40',
      TERM: 'dumb',
    })
    expect(ended.code).toBe(0)
    expect(ended.stdout).not.toContain('\u001b')
  })
})

test('a report that cannot be written is said before anything is done', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pplx-warden-test-'))
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder }
  const run = (args: readonly string[]) =>
    untilEnd(spawn(process.execPath, [command, ...args], { cwd: folder, env }), randomToken())
  expectRefused(await run(['scan', 'dir', '.', '--report', 'json=nope/r.json']), 'nope/r.json')
  expectRefused(await run(['respond', '--token-stdin', '--report', 'json=nope/r.json']), 'nope/r.json')
  expect(existsSync(join(folder, '.local')), 'no state was made').toBe(false)
  rmSync(folder, { recursive: true })
})

function ending(child: ReturnType<World['start']>): Promise<Ended> {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (text: Buffer) => (stdout += String(text)))
  child.stderr?.on('data', (text: Buffer) => (stderr += String(text)))
  child.stdin?.on('error', () => undefined)
  return new Promise((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  )
}

function bytesRead(pid: number | undefined): number {
  try {
    return Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    if (waited > 15_000) throw new Error('it never came to that')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

interface Sqlite {
  exec(sql: string): void
  close(): void
}

async function withDatabase(path: string, work: (sqlite: Sqlite) => void | Promise<void>): Promise<void> {
  const { DatabaseSync } = createRequire(import.meta.url)('@photostructure/sqlite') as {
    DatabaseSync: new (path: string) => Sqlite
  }
  const sqlite = new DatabaseSync(path)
  try {
    await work(sqlite)
  } finally {
    sqlite.close()
  }
}

function mounts(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'pplx-warden-test-'))
  const works = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder]).status === 0
  if (works) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return works
}

async function onSmallDisk(folder: string, size: string, work: () => Promise<void>): Promise<void> {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'none', folder])
  try {
    expect(statSync(folder).dev).not.toBe(statSync(dirname(folder)).dev)
    await work()
  } finally {
    execFileSync('umount', [folder])
  }
}
