import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { groups } from '../../src/cli/commands.ts'
import { command, filesBelow, untilEnd } from '../respond/world.ts'
import { onStage, script, type Stage } from './stage.ts'
import { traceOf } from './traces.ts'

const publicly = ['--exposure', 'public', '--yes', '--durable-state', '--drain', '0'] as const

/** Each command in use and in trouble, with a token wherever its user, its files or its services could put one. */
const scenes: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async respond(stage) {
    const { world, stranger, run, within } = stage
    const { token } = world
    await stage.imported()
    await within(2, ['respond', token])
    await within(2, ['respond', 'Production-Main', '--waive', `exec=${token}`])
    await within(2, ['respond', 'Production-Main', '--exposed-since', token])
    await within(2, ['respond', 'Production-Main', '--report', `json=${stranger}.json`])
    await within(2, ['respond', 'Production-Main', '--to', `file:${token}`])
    await within(2, ['respond', '--token-stdin'], { input: `${token} ${stranger}` })
    await within(2, ['respond', 'Production-Main', '--token-stdin'], { input: stranger })
    await within(3, ['respond', '--token-stdin'], { input: `${stranger}\n` })
    await within(0, ['respond', '--token-stdin', '--plan', '--report', 'json'], { input: `${token}\n` })
    await within(3, ['respond', 'Production-Main', ...publicly, '--wait', '0'], {
      env: { PPLX_WARDEN_API_URL: stage.echo },
    })
    script(world.folder, 'deliver', 'cat > delivered-key; cat delivered-key; cat delivered-key >&2; exit 7')
    const env = { PPLX_WARDEN_MANAGEMENT_KEY: token, SOME_KEY: token, NESTED: `Bearer ${stranger}` }
    await run(
      3,
      [
        'respond',
        'Production-Main',
        ...publicly,
        '--wait',
        '0',
        '--report',
        'json=r.json',
        '--report',
        'text=r.txt',
      ],
      { env },
    )
    script(world.folder, 'deliver', 'cat > delivered-key; cat delivered-key; cat delivered-key >&2')
    const ended = await run(
      0,
      ['respond', 'Production-Main', ...publicly, '--report', 'json', '--report', 'json=r.json'],
      { env },
    )
    expect(JSON.parse(ended.stdout)).toMatchObject({ incident: { status: 'closed' } })
  },

  async revoke(stage) {
    const { world, stranger, run, within } = stage
    await within(2, ['revoke', stranger])
    await within(3, ['revoke', '--token-stdin', '--not-mine', ...revokePublicly], {
      input: stranger,
      env: { PPLX_WARDEN_API_URL: stage.echo },
    })
    const env = { PPLX_WARDEN_MANAGEMENT_KEY: world.token }
    await run(3, ['revoke', '--token-stdin', '--not-mine', ...revokePublicly, '--report', 'json=r.json'], {
      input: world.token,
      env,
    })
  },

  async validate({ world, stranger, run, within, echo }) {
    await within(2, ['validate', world.token])
    await within(2, ['validate', '--token-stdin'], { input: `x${world.token}` })
    await within(0, ['validate', '--token-stdin', '--report', 'json'], { input: world.token })
    await run(0, ['validate'], { input: stranger, env: { PPLX_WARDEN_MANAGEMENT_KEY: world.token } })
    await within(3, ['validate'], { input: stranger, env: { PPLX_WARDEN_API_URL: echo } })
    await within(2, ['validate'], {
      input: stranger,
      env: { PPLX_WARDEN_API_URL: `${echo}/${stranger}?k=${world.token}` },
    })
  },

  async 'incident list'(stage) {
    await opened(stage)
    await stage.run(0, ['incident', 'list'])
    await stage.within(0, ['incident', 'list', '--report', 'json'])
    await stage.within(2, ['incident', 'list', '--report', stage.stranger])
    await stage.within(2, ['incident', 'list', '--db', `${stage.stranger}.db`])
  },

  async 'incident show'(stage) {
    const incident = await opened(stage)
    await stage.run(0, ['incident', 'show', incident, '--journal', '--verify'])
    await stage.within(0, ['incident', 'show', 'Production-Main', '--report', 'json=shown.json'])
    await stage.within(2, ['incident', 'show', stage.world.token])
  },

  async 'incident approve'(stage) {
    const incident = await opened(stage)
    await stage.within(2, ['incident', 'approve', incident, '--waive', `exec=${stage.world.token}`])
    await stage.run(0, ['incident', 'approve', incident])
  },

  async 'incident reconcile'(stage) {
    await stage.imported()
    stage.world.sandbox.inject([{ endpoint: 'issue', kind: 'reset-after', times: 1 }])
    await stage.within(3, ['respond', 'Production-Main', ...publicly])
    await stage.within(2, ['incident', 'reconcile', 'Production-Main', '--dealt-with', stage.stranger])
    await stage.run(3, ['incident', 'reconcile', 'Production-Main'])
  },

  async 'incident close'(stage) {
    await stage.within(2, ['incident', 'close', stage.stranger])
    await stage.run(3, ['incident', 'close', await opened(stage)])
  },

  async 'scan dir'(stage) {
    const { stranger, world, repository, run, within } = stage
    await stage.imported()
    const reports = ['--report', 'json=s.json', '--report', 'jsonl=s.jsonl', '--report', 'text=s.txt']
    await run(1, ['scan', 'dir', repository, ...reports])
    await within(1, [
      'scan',
      'dir',
      join(repository, stranger),
      join(repository, 'settings.py'),
      '--report',
      'jsonl',
    ])
    await within(2, ['scan', 'dir', `missing-${stranger}`])
    await within(2, ['scan', 'dir', `${stranger}*/no`])
    await within(2, ['scan', 'dir', repository, '--respond', '--waive', `exec=${stranger}`])
    await within(2, ['scan', 'dir', repository, `--${stranger}`])
    await within(1, ['scan', 'dir', repository, '--respond', '--exposure', 'internal', '--report', 'json'])
    writeFileSync(join(repository, '.pplx-warden.yaml'), `version: 1\n${world.token}: [${stranger}\n`)
    await within(2, ['scan', 'dir', repository])
    stage.mayHold('repository/.pplx-warden.yaml')
  },

  async 'scan staged'(stage) {
    await stage.imported()
    const ended = await stage.run(1, ['scan', 'staged', '--report', 'json', '--report', 'text=../s.txt'], {
      cwd: stage.repository,
    })
    expect(JSON.parse(ended.stdout)).toMatchObject({ summary: { findings: 2 } })
  },

  async 'scan git'(stage) {
    const { repository, run, within, world } = stage
    await stage.imported()
    await within(2, ['scan', 'git', `none-${stage.stranger}`])
    await within(2, ['scan', 'git', repository, '--config', `${stage.stranger}.yaml`])
    const ended = await run(1, [
      'scan',
      'git',
      repository,
      '--report',
      'json',
      '--report',
      'jsonl=s.jsonl',
      '--report',
      'text=s.txt',
    ])
    expect(JSON.parse(ended.stdout)).toMatchObject({ findings: [{ occurrences: expect.any(Array) }, {}] })
    await within(1, ['scan', 'git', repository, '--open-incidents', '--report', 'json=o.json'])
    await run(1, ['scan', 'git', repository, '--respond', ...publicly])
    expect(world.sandbox.books().counters).toMatchObject({ issued: 2, revoked: 1 })
  },

  async 'scan log'(stage) {
    const { world, stranger, run, within } = stage
    await stage.imported()
    const input = `2026-01-01T00:00:00Z GET /?key=${world.token}\n{"authorization":"Bearer ${stranger}"}\n`
    await within(1, ['scan', 'log', '-'], { input })
    await run(1, ['scan', 'log', '--report', 'json', '--report', 'text=s.txt', '--open-incidents'], { input })
    await within(1, ['scan', 'log', join(stage.repository, 'app.log.gz'), '--report', 'jsonl'])
  },

  async ignore(stage) {
    const { world, stranger, run, within } = stage
    const why = ['--reason', 'a sample', '--owner', 'Search team']
    await within(2, ['ignore', stranger, ...why])
    await within(2, ['ignore', 'a'.repeat(64), '--reason', world.token, '--owner', stranger])
    await within(2, ['ignore', 'a'.repeat(64), ...why, '--path', `${stranger}/**`])
    await run(0, ['ignore', 'a'.repeat(64), ...why])
    writeFileSync(join(world.folder, '.pplx-warden.yaml'), `exceptions: [{ ${stranger}: ${world.token} }]\n`)
    stage.mayHold('.pplx-warden.yaml')
    await within(2, ['ignore', 'b'.repeat(64), ...why])
    await stage.imported()
    await within(2, ['ignore', world.fingerprint.slice(7, 15), ...why])
  },

  async 'rules list'({ run, within, stranger }) {
    await run(0, ['rules', 'list'])
    await within(2, ['rules', 'list', stranger])
  },

  async 'rules test'({ run, within, stranger }) {
    await run(0, ['rules', 'test'])
    await within(0, ['rules', 'test', '--report', 'json'])
    await within(2, ['rules', 'test', '--report', stranger])
  },

  async 'inventory add'({ run, within, world, stranger }) {
    await within(2, ['inventory', 'add', '--name', stranger, '--token-stdin'], { input: world.token })
    await within(2, ['inventory', 'add', '--name', 'A', '--locator', stranger])
    await within(2, ['inventory', 'add', '--name', 'A', '--locator', `exec:["echo","${stranger}"]`])
    await within(2, ['inventory', 'add', '--name', 'A', '--token-stdin'], {
      input: `${stranger}\n${stranger}\n`,
    })
    await run(0, ['inventory', 'add', '--name', 'A', '--token-stdin', '--report', 'json=a.json'], {
      input: world.token,
    })
    await within(2, ['inventory', 'add', '--name', 'B', '--token-stdin'], { input: world.token })
    await within(0, ['inventory', 'add', '--name', 'C', '--locator', 'env:HELD'], { env: { HELD: stranger } })
  },

  async 'inventory import'(stage) {
    const { run, within, world, stranger } = stage
    stage.mayHold('bad.yaml')
    const bad = [
      `keys:\n  - name: A\n    token: ${stranger}\n`,
      `keys:\n  - name: ${stranger}\n    token: env:HELD\n`,
      `keys:\n  - name: A\n    token: env:HELD\n    purpose: ${stranger}\n`,
      `keys:\n  - name: A\n    token: env:HELD\n    owners: [{ name: B, slack: ${stranger} }]\n`,
      `keys:\n  - name: A\n    token: env:HELD\n    consumers: [{ kind: exec, deliver: [./deliver, ${stranger}] }]\n`,
      `keys:\n  - name: A\n    token: env:HELD\n    consumers: [{ kind: file, path: ./${stranger} }]\n`,
      `keys:\n  - name: A\n    token: 'exec:["./deliver", "${stranger}"]'\n`,
      `keys:\n  - name: A\n    ${stranger}: x\n    token: env:HELD\n`,
      `keys:\n  - name: A\n    token: env:${stranger}\n`,
      `keys:\n  - name: "A\n    token: ${stranger}\n   x: [${world.token}\n`,
      `${stranger}\n`,
    ]
    for (const text of bad) {
      writeFileSync(join(world.folder, 'bad.yaml'), text)
      await within(2, ['inventory', 'import', 'bad.yaml'], { env: { HELD: world.token } })
    }
    await within(2, ['inventory', 'import', `${stranger}.yaml`])
    world.writeInventory()
    await run(0, ['inventory', 'import', 'keys.yaml', '--report', 'json', '--report', 'json=i.json'])
  },

  async 'inventory list'(stage) {
    await stage.imported()
    await stage.run(0, ['inventory', 'list'])
    await stage.within(0, ['inventory', 'list', '--report', 'json=l.json'])
    await stage.within(2, ['inventory', 'list', stage.stranger])
  },

  async 'inventory show'(stage) {
    await stage.imported()
    await stage.run(0, ['inventory', 'show', 'Production-Main', '--report', 'json'])
    await stage.within(0, ['inventory', 'show', stage.world.fingerprint.slice(7, 15)])
    await stage.within(2, ['inventory', 'show', stage.world.token])
  },

  async 'inventory export'(stage) {
    await stage.imported()
    await stage.run(0, ['inventory', 'export'])
    await stage.within(0, ['inventory', 'export', '--output', 'export.yaml'])
    await stage.within(2, ['inventory', 'export', '--output', `${stage.stranger}/export.yaml`])
  },

  async 'inventory check'(stage) {
    await stage.imported()
    await stage.run(0, ['inventory', 'check', '--token-stdin', '--report', 'json'], {
      input: stage.world.token,
    })
    await stage.within(1, ['inventory', 'check'], { input: stage.stranger })
    await stage.within(2, ['inventory', 'check', stage.stranger])
  },

  async 'escrow list'(stage) {
    await killedWithSealedKeys(stage)
    const ended = await stage.within(0, ['escrow', 'list', '--report', 'json'])
    expect(JSON.parse(ended.stdout)).toMatchObject({
      escrow: [{ purpose: 'leaked' }, { purpose: 'replacement' }],
    })
    await stage.run(0, ['escrow', 'list'])
  },

  async 'escrow open'(stage) {
    await killedWithSealedKeys(stage)
    const { escrow } = JSON.parse((await stage.within(0, ['escrow', 'list', '--report', 'json'])).stdout) as {
      escrow: { id: string }[]
    }
    stage.mayHold('opened')
    await stage.run(0, ['escrow', 'open', escrow[0]?.id ?? '', '--output', 'opened'])
    expect(readFileSync(join(stage.world.folder, 'opened'), 'utf8')).toBe(stage.world.token)
    await stage.within(2, ['escrow', 'open', escrow[0]?.id ?? '', '--output', 'opened'])
    await stage.within(2, ['escrow', 'open', escrow[0]?.id ?? ''])
    await stage.within(2, ['escrow', 'open', stage.stranger, '--output', 'other'])
  },

  async sandbox(stage) {
    const { world, within, stranger } = stage
    await within(2, ['sandbox', '--port', stranger])
    stage.mayHold('first-key')
    const child = spawn(
      process.execPath,
      [command, 'sandbox', '--key-file', 'first-key', '--state', 'sandbox.json'],
      { cwd: world.folder, env: world.env },
    )
    const said = await new Promise<string>((resolve) =>
      child.stdout.once('data', (text: Buffer) => resolve(String(text))),
    )
    const ended = untilEnd(child)
    const { url } = JSON.parse(said) as { url: string }
    const first = readFileSync(join(world.folder, 'first-key'), 'utf8').trim()
    const call = (path: string, body: object, bearer = first): Promise<Response> =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const issued = await (await call('/generate_auth_token', { token_name: 'second' })).text()
    const second = /pplx-[A-Za-z0-9]{48}/.exec(issued)?.[0] ?? ''
    expect(second, issued).not.toBe('')
    await call('/revoke_auth_token', { auth_token: second })
    await call('/revoke_auth_token', { auth_token: stranger, [stranger]: second }, stranger)
    await call(`/_sandbox/${stranger}`, [], second)
    const books = await (await fetch(`${url}/_sandbox/books`)).text()
    child.kill('SIGTERM')
    const { stdout, stderr } = await ended
    const state = readFileSync(join(world.folder, 'sandbox.json'), 'utf8')
    for (const text of [said, books, stdout, stderr, state])
      expect(traceOf(text, [first, second, stranger])).toBeNull()
  },

  async drill({ world, run }) {
    const ended = await run(0, ['drill', '--keep'])
    const folder = /The folder was kept: (\S+)/.exec(ended.stdout)?.[1] ?? ''
    expect(folder.startsWith(join(world.folder, 'tmp')), folder).toBe(true)
    // The repository and the applications are there to hold keys; the state, the report and the words are not.
    const keys = [
      readFileSync(join(folder, 'deployment/deployed-key'), 'utf8'),
      leakedIn(join(folder, 'repository')),
    ]
    const others = [...filesBelow(join(folder, 'home')), ...filesBelow(join(world.folder, 'tmp'))].filter(
      ({ path }) => !/repository|application|deployment/.test(path),
    )
    expect(others.length).toBeGreaterThan(3)
    for (const { path, bytes } of others) expect(traceOf(bytes, keys), path).toBeNull()
    expect(traceOf(ended.stdout + ended.stderr, keys)).toBeNull()
    rmSync(folder, { recursive: true })
  },
}

const revokePublicly = ['--exposure', 'public', '--yes', '--durable-state', '--wait', '0'] as const

function leakedIn(repository: string): string {
  const first = execFileSync('git', ['rev-list', '--max-parents=0', 'HEAD'], {
    cwd: repository,
    encoding: 'utf8',
  }).trim()
  const file = execFileSync('git', ['show', `${first}:config/settings.py`], {
    cwd: repository,
    encoding: 'utf8',
  })
  return /pplx-[A-Za-z0-9]{48}/.exec(file)?.[0] ?? 'none'
}

async function opened(stage: Stage): Promise<string> {
  await stage.imported()
  await stage.within(3, ['respond', 'Production-Main', '--wait', '0'])
  return /inc-[a-z2-7]{10}/.exec((await stage.within(0, ['incident', 'list'])).stdout)?.[0] ?? ''
}

async function killedWithSealedKeys({ world, ...stage }: Stage): Promise<void> {
  await stage.imported()
  await world.run(['respond', 'Production-Main', ...publicly], {
    env: { PPLX_WARDEN_TEST_KILL_AT: 'issue:reply-sealed' },
  })
}

test('every command has its scene', () => {
  expect(Object.keys(scenes).sort()).toEqual(groups.flatMap((group) => Object.keys(group.commands)).sort())
})

describe.concurrent('no token, and no more of it than the mask, gets out of', () => {
  onStage.for(Object.entries(scenes))('%s', async ([, scene], { stage }) => {
    await scene(stage)
    stage.search()
  })
})
