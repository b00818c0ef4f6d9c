import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parseDotenv } from '../../src/consumers/dotenv-file.ts'
import { open } from '../../src/secret/open.ts'
import { checkInvariants, checkNoToken } from './invariants.ts'
import { randomToken } from '../support.ts'
import { type Incident, inWorld as it, untilEnd, type World } from './world.ts'

const publicly = ['--exposure', 'public', '--yes', '--durable-state', '--drain', '0'] as const

async function imported(world: World, consumers?: string | null, extra?: string): Promise<void> {
  world.writeInventory(consumers, extra)
  await world.importInventory()
}

function current(world: World): string {
  return (
    parseDotenv(readFileSync(world.envFile)).find((one) => one.name === 'PERPLEXITY_API_KEY')?.value ?? ''
  )
}

const step = (
  incident: { steps: readonly { name: string; status: string; evidence: string | null }[] },
  name: string,
) => incident.steps.find((one) => one.name === name)

describe.concurrent('a leaked key with two applications', () => {
  it('is replaced, delivered, verified, revoked and proven dead', async ({ world }) => {
    await imported(world)
    const before = readFileSync(world.envFile, 'utf8')

    const { ended, incident } = await world.respondJson(['respond', 'Production-Main', ...publicly])

    expect(ended.code, ended.stderr).toBe(0)
    expect(incident.status).toBe('closed')
    expect(incident.obligations).toEqual([])
    expect(incident.steps.map((one) => `${one.name} ${one.status}`)).toEqual([
      'open done',
      'triage done',
      'preflight done',
      'approve done',
      'issue done',
      'verify done',
      'deliver done',
      'notify skipped',
      'confirm done',
      'drain done',
      'revoke done',
      'prove done',
      'review skipped',
      'harden skipped',
      'close done',
    ])
    expect(incident.consumers.map((one) => one.status)).toEqual(['confirmed', 'confirmed'])
    expect(incident.consumers[0]?.target).toBe(`${world.envFile}:PERPLEXITY_API_KEY`)
    expect(readFileSync(world.envFile, 'utf8'), 'comments, order, quotes kept').toBe(
      before.replace(world.token, current(world)),
    )
    expect(statSync(world.envFile).mode & 0o777).toBe(0o640)
    expect(readFileSync(join(world.folder, 'delivered-key'), 'utf8'), 'exactly the bytes, no newline').toBe(
      current(world),
    )
    expect(readFileSync(join(world.folder, 'delivered-fingerprint'), 'utf8')).toBe(
      incident.replacement?.fingerprint,
    )
    const [old, fresh] = world.sandbox.books().keys
    expect(old?.status).toBe('revoked')
    expect(fresh?.tokenName).toBe(`Production-Main ${incident.id} r1 a1`)
    await checkInvariants(world, incident)
    checkNoToken(world, [world.token, current(world)])
    expect((await world.run(['escrow', 'list'])).stdout).toBe('Nothing lies in escrow.\n')
    const shown = await world.run(['inventory', 'show', 'Production-Main', '--report', 'json'])
    expect(shown.stdout).toContain(incident.replacement?.fingerprint)
  })

  it('is reported again, with the same exit code, when it is closed', async ({ world }) => {
    await imported(world)
    const first = await world.respondJson(['respond', 'Production-Main', ...publicly])
    const again = await world.respondJson(['respond', 'Production-Main', '--yes', '--durable-state'])
    expect(again.incident).toEqual(first.incident)
    expect(again.ended.code).toBe(0)
    expect(world.sandbox.books().keys.length).toBe(2)
  })

  it('is worked on by one of two processes; the other ends with the same result', async ({ world }) => {
    await imported(world)
    const all = await Promise.all(
      [1, 2].map(() => world.respondJson(['respond', 'Production-Main', ...publicly])),
    )
    expect(all.map((one) => one.ended.code)).toEqual([0, 0])
    expect(new Set(all.map((one) => one.incident.id)).size).toBe(1)
    expect(world.sandbox.books().keys.length, 'issued once').toBe(2)
  })

  it('survives SIGINT with 130 and goes on', async ({ world }) => {
    await imported(world)
    const child = world.start([
      'respond',
      'Production-Main',
      '--exposure',
      'public',
      '--yes',
      '--durable-state',
      '--drain',
      '20s',
    ])
    const ended = untilEnd(child)
    await new Promise<void>((resolve) => {
      let said = ''
      child.stderr?.on('data', (text: Buffer | string) => {
        said += String(text)
        if (said.includes('drain')) resolve()
      })
    })
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    const { ended: last, incident } = await world.respondJson(['respond', 'Production-Main', ...publicly])
    expect(last.code, last.stderr).toBe(0)
    expect(incident.status).toBe('closed')
    expect(world.sandbox.books().keys.length).toBe(2)
  })
})

describe.concurrent('an answer that never came', () => {
  it('of issue is a possible orphan by name; the next attempt has a name of its own; reconcile ends it', async ({
    world,
  }) => {
    await imported(world)
    world.sandbox.inject([{ endpoint: 'issue', kind: 'reset-after', times: 1 }])
    const { ended, incident } = await world.respondJson(['respond', 'Production-Main', ...publicly])
    expect(ended.code).toBe(3)
    expect(incident.status).toBe('contained')
    const [orphan] = incident.obligations
    expect(orphan?.kind).toBe('possible-orphan')
    expect(orphan?.subject).toBe(`Production-Main ${incident.id} r1 a1`)
    expect(world.sandbox.books().keys.map((key) => key.tokenName)).toContain(orphan?.subject)
    await checkInvariants(world, incident)
    const wrong = await world.run(['incident', 'reconcile', incident.id, '--dealt-with', 'something else'])
    expect(wrong.code).toBe(2)
    expect((await world.run(['incident', 'close', incident.id])).code, 'an obligation is open').toBe(3)
    expect(
      (await world.run(['incident', 'reconcile', incident.id, '--dealt-with', orphan?.subject ?? ''])).code,
    ).toBe(0)
    expect((await world.run(['respond', incident.id, '--durable-state'])).code).toBe(0)
  })

  it('of revoke is found by probing', async ({ world }) => {
    await imported(world)
    world.sandbox.inject([{ endpoint: 'revoke', kind: 'reset-after', times: 1 }])
    const { ended, incident } = await world.respondJson(['respond', 'Production-Main', ...publicly])
    expect(ended.code, ended.stderr).toBe(0)
    expect(step(incident, 'revoke')?.evidence).toContain('refused while a control key is accepted')
  })

  it('is waited for: 429, 5xx before, slow activation and slow revocation', async ({ world }) => {
    await imported(world)
    world.sandbox.inject([
      { endpoint: 'issue', kind: 'status', status: 429, retryAfter: 1, when: 'before', times: 1 },
      { endpoint: 'revoke', kind: 'status', status: 503, when: 'before', times: 1 },
      { endpoint: 'issue', kind: 'slow-activation', ms: 1500, times: 2 },
      { endpoint: 'revoke', kind: 'slow-revocation', ms: 1500, times: 3 },
    ])
    const { ended, incident } = await world.respondJson(['respond', 'Production-Main', ...publicly])
    expect(ended.code, ended.stderr).toBe(0)
    expect(incident.status).toBe('closed')
    await checkInvariants(world, incident)
  })

  it('by an account without credits leaves the duty open and issues nothing', async ({ world }) => {
    await imported(world)
    world.sandbox.inject([{ endpoint: 'issue', kind: 'status', status: 402, when: 'before', times: null }])
    const { ended, incident } = await world.respondJson([
      'respond',
      'Production-Main',
      ...publicly,
      '--wait',
      '0',
    ])
    expect(ended.code).toBe(3)
    expect(step(incident, 'issue')?.status).toBe('person')
    expect(world.sandbox.books().keys.map((key) => key.status)).toEqual(['live'])
    await checkInvariants(world, incident)
  })
})

describe.concurrent('an answer that echoes the key that asked', () => {
  for (const [name, status, body] of [
    ['a debug page', 500, (bearer: string) => `<pre>authorization: ${bearer}</pre>`],
    ['a reply', 200, (bearer: string) => JSON.stringify({ auth_token: bearer.slice(7), token_name: 'x' })],
  ] as const) {
    it(`${name}: no replacement, a possible orphan, and the next attempt is a real one`, async ({
      world,
    }) => {
      await imported(world)
      let lies = 1
      const proxy = createServer((request, response) => {
        if (request.url === '/generate_auth_token' && lies > 0) {
          lies -= 1
          response.writeHead(status).end(body(request.headers.authorization ?? ''))
          return
        }
        const forward = httpRequest(
          world.sandbox.url + (request.url ?? ''),
          {
            method: request.method ?? 'GET',
            headers: { ...request.headers, host: new URL(world.sandbox.url).host },
          },
          (reply) => {
            response.writeHead(reply.statusCode ?? 502, reply.headers)
            reply.pipe(response)
          },
        )
        request.pipe(forward)
      })
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
      const { ended, incident } = await world.respondJson(['respond', 'Production-Main', ...publicly], {
        PPLX_WARDEN_API_URL: url,
      })
      proxy.close()
      proxy.closeAllConnections()
      expect(ended.code, ended.stderr).toBe(3)
      expect(incident.status).toBe('contained')
      expect(incident.obligations.map((one) => one.kind)).toEqual(['possible-orphan'])
      expect(incident.replacement?.fingerprint).not.toBe(world.fingerprint)
      expect(incident.consumers.map((one) => one.status)).toEqual(['confirmed', 'confirmed'])
      await checkInvariants(world, incident)
    })
  }
})

describe.concurrent('who is asked', () => {
  it('internal asks a person: nothing changes without --yes, an approval of the same plan counts', async ({
    world,
  }) => {
    await imported(world)
    const first = await world.respondJson(['respond', 'Production-Main', '--drain', '0'])
    expect(first.ended.code).toBe(3)
    expect(step(first.incident, 'approve')?.status).toBe('person')
    expect(first.incident.status).toBe('needs-human')
    expect(world.sandbox.books().keys.length).toBe(1)
    expect(current(world)).toBe(world.token)
    const approved = await world.run(['incident', 'approve', first.incident.id])
    expect(approved.code, approved.stderr).toBe(0)
    expect(world.sandbox.books().keys.length, 'approve records only').toBe(1)
    const { ended } = await world.respondJson(['respond', 'Production-Main', '--drain', '0'])
    expect(ended.code, ended.stderr).toBe(0)
  })

  it('--plan changes nothing and writes nothing', async ({ world }) => {
    await imported(world)
    const plan = await world.run(['respond', 'Production-Main', '--plan'])
    expect(plan.code, plan.stderr).toBe(0)
    expect(plan.stdout).toContain('Production-Main')
    expect((await world.run(['incident', 'list'])).stdout).toBe('No incidents.\n')
    expect((await world.run(['escrow', 'list'])).stdout).toBe('Nothing lies in escrow.\n')
  })

  it('a missing list of consumers stops before anything is issued; --to goes on', async ({ world }) => {
    await imported(world, null)
    const stopped = await world.respondJson(['respond', 'Production-Main', ...publicly])
    expect(stopped.ended.code).toBe(3)
    expect(step(stopped.incident, 'preflight')?.status).toBe('person')
    expect(step(stopped.incident, 'preflight')?.evidence).toContain('--to')
    expect(world.sandbox.books().keys.length).toBe(1)
    const { ended, incident } = await world.respondJson([
      'respond',
      'Production-Main',
      ...publicly,
      '--to',
      'dotenv:app/.env:PERPLEXITY_API_KEY',
    ])
    expect(ended.code, ended.stderr).toBe(0)
    expect(incident.consumers[0]?.evidence).toContain('taken as enough')
  })

  it('an explicit empty list issues nothing and revokes; without a second key nothing is proven', async ({
    world,
  }) => {
    await imported(world, ' []')
    const { ended, incident } = await world.respondJson(['respond', 'Production-Main', ...publicly])
    expect(step(incident, 'issue')?.status).toBe('skipped')
    expect(world.sandbox.books().keys.map((key) => key.status)).toEqual(['revoked'])
    expect(step(incident, 'prove')?.status).toBe('person')
    expect(ended.code).toBe(3)
    const spare = world.sandbox.createKey({})
    writeFileSync(join(world.folder, 'management'), open(spare), { mode: 0o600 })
    const again = await world.respondJson([
      'respond',
      'Production-Main',
      ...publicly,
      '--management-key-file',
      'management',
    ])
    expect(again.ended.code, again.ended.stderr).toBe(0)
    expect(again.incident.status).toBe('closed')
  })

  it('an unknown key: 3 and nothing done; --not-mine revokes it', async ({ world }) => {
    const refused = await world.run(['respond', '--token-stdin'], { input: `${world.token}\n` })
    expect(refused.code).toBe(3)
    expect(refused.stderr).toContain('--not-mine')
    expect(world.sandbox.books().keys[0]?.status).toBe('live')
    const ended = await world.run(['respond', '--token-stdin', '--not-mine', ...publicly], {
      input: world.token,
    })
    expect(ended.code, 'no control key: revoked, not proven').toBe(3)
    expect(world.sandbox.books().keys[0]?.status).toBe('revoked')
    checkNoToken(world, [world.token])
  })

  it('one consumer that fails never stops the other; waived by name and reason it goes on', async ({
    world,
  }) => {
    world.writeInventory()
    writeFileSync(join(world.folder, 'deliver'), '#!/bin/sh\nexit 7\n')
    await imported(world)
    const { ended, incident } = await world.respondJson([
      'respond',
      'Production-Main',
      ...publicly,
      '--wait',
      '0',
    ])
    expect(ended.code).toBe(3)
    expect(step(incident, 'deliver')?.status).toBe('person')
    expect(incident.consumers.map((one) => one.status)).toEqual(['confirmed', 'failed'])
    expect(world.sandbox.books().keys[0]?.status, 'not revoked while an application has the old key').toBe(
      'live',
    )
    await checkInvariants(world, incident)
    const target = incident.consumers[1]?.target ?? ''
    const waived = await world.respondJson([
      'respond',
      'Production-Main',
      ...publicly,
      '--waive',
      `${target}=switched off`,
    ])
    expect(waived.ended.code, waived.ended.stderr).toBe(0)
    expect(waived.incident.consumers[1]?.status).toBe('waived')
  })

  it('a public leak with one broken consumer is revoked at its deadline; what is left to do stays open', async ({
    world,
  }) => {
    world.writeInventory()
    writeFileSync(join(world.folder, 'deliver'), '#!/bin/sh\nexit 7\n')
    await imported(world)
    const config = join(world.folder, 'operator.yaml')
    writeFileSync(config, 'policy: { exposures: { public: { production: { deadline: 3s } } } }\n')
    const { ended, incident } = await world.respondJson([
      'respond',
      'Production-Main',
      ...publicly,
      '--config',
      config,
    ])
    expect(ended.code).toBe(3)
    expect(incident.status).toBe('contained')
    expect(world.sandbox.books().keys.map((key) => key.status)).toEqual(['revoked', 'live'])
    expect(incident.consumers.map((one) => one.status)).toEqual(['confirmed', 'failed'])
    expect(incident.obligations.map((one) => one.kind)).toEqual(['consumer-unconfirmed'])
    writeFileSync(join(world.folder, 'deliver'), '#!/bin/sh\ncat > delivered-key\n')
    const mended = await world.respondJson(['respond', 'Production-Main', ...publicly])
    expect(mended.ended.code, mended.ended.stderr).toBe(0)
    expect(mended.incident.status).toBe('closed')
  })

  it('applications that are served side by side are all recorded, without a reload as well', async ({
    world,
  }) => {
    const files = ['a', 'b', 'c', 'd', 'e']
    for (const name of files) writeFileSync(join(world.folder, name), `KEY=${world.token}\n`)
    const specs = files.map((name) => `      - { kind: dotenv, path: ${name}, variable: KEY }`)
    await imported(world, ['', ...specs].join('\n'))
    const { ended, incident } = await world.respondJson(['respond', 'Production-Main', ...publicly])
    expect(ended.code, ended.stderr).toBe(0)
    expect(incident.consumers.map((one) => one.status)).toEqual(files.map(() => 'confirmed'))
    for (const name of files) rmSync(join(world.folder, name))
  })

  it('an application that needs a moment is asked again; one whose file was put back is served again', async ({
    world,
  }) => {
    world.writeInventory()
    appendFileSync(world.envFile, `OTHER='${world.token}'\n`)
    writeFileSync(join(world.folder, 'confirm'), '#!/bin/sh\ntest -e asked || { touch asked; exit 1; }\n')
    writeFileSync(
      join(world.folder, 'reload'),
      `#!/bin/sh\ntest -e put-back || { touch put-back; sed -i s/pplx-[A-Za-z0-9]*/$(cat old)/ app/.env; }\n`,
    )
    writeFileSync(join(world.folder, 'old'), world.token)
    await imported(world)
    const { ended, incident } = await world.respondJson(['respond', 'Production-Main', ...publicly])
    rmSync(join(world.folder, 'old'))
    expect(ended.code, ended.stderr).toBe(0)
    expect(incident.consumers.map((one) => one.status)).toEqual(['confirmed', 'confirmed'])
    expect(incident.followUps).toContainEqual(
      expect.objectContaining({ kind: 'old-value-left', detail: expect.stringContaining('OTHER') }),
    )
    await checkInvariants(world, incident)
  })

  it('--revoke-now does not wait for an application that hangs', async ({ world }) => {
    world.writeInventory()
    writeFileSync(join(world.folder, 'deliver'), '#!/bin/sh\nsleep 4\nexit 1\n')
    await imported(world)
    const began = Date.now()
    const { ended, incident } = await world.respondJson([
      'respond',
      'Production-Main',
      ...publicly,
      '--revoke-now',
      '--wait',
      '0',
    ])
    expect(ended.code).toBe(3)
    expect(incident.status).toBe('contained')
    const revoked = world.sandbox.books().keys[0]?.revokedAt ?? ''
    const delivered = incident.steps.findIndex((one) => one.name === 'deliver')
    expect(Date.parse(revoked)).toBeLessThan(Date.now() - 3500)
    expect(delivered).toBeGreaterThan(0)
    expect(Date.now() - began).toBeGreaterThan(4000)
    expect(incident.obligations.map((one) => one.kind)).toEqual(['consumer-unconfirmed'])
  })

  it('a replacement that is dead, in use or the leaked key is refused; one that works is taken', async ({
    world,
  }) => {
    await imported(world)
    const used = world.sandbox.createKey({})
    writeFileSync(join(world.folder, 'used'), open(used))
    await world.run([
      'inventory',
      'add',
      '--name',
      'Other',
      '--locator',
      `file:${join(world.folder, 'used')}`,
    ])
    const hand = (token: string) =>
      world.run(
        ['respond', 'Production-Main', ...publicly, '--wait', '0', '--replacement-stdin', '--report', 'json'],
        { input: token },
      )
    for (const token of [randomToken(), open(used), world.token]) {
      const refused = await hand(token)
      expect(refused.code).toBe(3)
      const { incident } = JSON.parse(refused.stdout) as { incident: Incident }
      expect(incident.replacement).toBeNull()
      expect(current(world)).toBe(world.token)
    }
    const fresh = world.sandbox.createKey({})
    const taken = await hand(open(fresh))
    expect(taken.code, taken.stderr).toBe(0)
    expect(current(world)).toBe(open(fresh))
    rmSync(join(world.folder, 'used'))
    checkNoToken(world, [world.token, open(used), open(fresh)])
  })

  it('a refusal beside a key of another account is not death', async ({ world }) => {
    world.writeInventory(' []', '    account: B')
    await imported(world, ' []', '    account: B')
    const other = world.sandbox.createKey({})
    writeFileSync(join(world.folder, 'management'), open(other), { mode: 0o600 })
    world.sandbox.inject([
      { endpoint: 'any', kind: 'credits-gone', bearer: world.fingerprint as never, times: null },
    ])
    const flags = ['--token-stdin', '--management-key-file', 'management']
    expect((await world.run(['validate', ...flags], { input: world.token })).code).toBe(3)
    rmSync(join(world.folder, 'management'))
  })

  it('--due --plan changes nothing; --due takes no name; a missing management key is said first', async ({
    world,
  }) => {
    await imported(world)
    await world.respondJson(['respond', 'Production-Main', '--exposure', 'internal'])
    const plan = await world.run(['respond', '--due', '--plan', '--yes', '--drain', '0'])
    expect(plan.code, plan.stderr).toBe(0)
    expect(plan.stdout).toContain('nothing was changed')
    expect(world.sandbox.books().keys.length).toBe(1)
    expect((await world.run(['respond', '--due', 'x', '--yes'])).code).toBe(2)
    expect((await world.run(['respond', 'Production-Main', '--management-key-file', 'nowhere'])).code).toBe(2)
    const due = await world.run(['respond', '--due', '--report', 'json'])
    expect(JSON.parse(due.stdout)).toMatchObject({ schemaVersion: 1, incidents: [{ status: 'needs-human' }] })
    expect(world.sandbox.books().keys.length).toBe(1)
  })

  it('a plan makes no database', async ({ world }) => {
    const plan = await world.run(['respond', '--token-stdin', '--plan', '--mine', '--to', 'file:app/key'], {
      input: world.token,
    })
    expect(plan.code, plan.stderr).toBe(0)
    expect(plan.stdout).toContain('file')
    expect(existsSync(world.state)).toBe(false)
  })

  it('--to on a resumed incident adds an application that has to be confirmed', async ({ world }) => {
    world.writeInventory()
    writeFileSync(join(world.folder, 'deliver'), '#!/bin/sh\nexit 7\n')
    await imported(world)
    await world.respondJson(['respond', 'Production-Main', ...publicly, '--wait', '0'])
    const added = await world.respondJson([
      'respond',
      'Production-Main',
      ...publicly,
      '--wait',
      '0',
      '--to',
      'file:app/extra',
    ])
    expect(added.incident.consumers.map((one) => one.status)).toEqual(['confirmed', 'failed', 'confirmed'])
    expect(readFileSync(join(world.folder, 'app/extra'), 'utf8')).toBe(current(world))
  })

  it('a value that is neither old nor new is not overwritten', async ({ world }) => {
    await imported(world)
    writeFileSync(world.envFile, 'PERPLEXITY_API_KEY=somebody-changed-it\n')
    const { ended, incident } = await world.respondJson(['respond', 'Production-Main', ...publicly])
    expect(ended.code).toBe(3)
    expect(incident.status).toBe('needs-human')
    expect(readFileSync(world.envFile, 'utf8')).toBe('PERPLEXITY_API_KEY=somebody-changed-it\n')
    expect(world.sandbox.books().keys.length).toBe(1)
  })
})

describe.concurrent('names', () => {
  it('a long one is cut between characters, with the incident id kept', async ({ world }) => {
    const name = '\u{1f600}'.repeat(50)
    world.writeInventory()
    const file = join(world.folder, 'keys.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace('Production-Main', name))
    await world.importInventory()
    const { incident } = await world.respondJson(['respond', name, ...publicly])
    const issued = world.sandbox.books().keys[1]?.tokenName ?? ''
    expect(Array.from(issued).length).toBeLessThanOrEqual(100)
    expect(issued).toContain(`${incident.id} r1 a1`)
    expect(Buffer.from(issued).toString(), 'no half character').toBe(issued)
    const opened = await world.run(['escrow', 'open', incident.id, '--output', 'x'])
    expect(opened.code, 'nothing is left there').toBe(2)
  })
})

describe.concurrent('bad input', () => {
  it('a token as an argument is refused, masked, before anything', async ({ world }) => {
    for (const name of ['respond', 'revoke', 'validate', 'incident show', 'inventory show']) {
      const ended = await world.run([...name.split(' '), world.token])
      expect(ended.code, name).toBe(2)
      expect(ended.stderr).toContain(
        "it is now in your shell's history; run `pplx-warden respond` and paste it at the prompt",
      )
    }
    checkNoToken(world, [world.token])
  })

  it('in CI without a durable state: 2 and why', async ({ world }) => {
    await imported(world)
    const ended = await world.run(['respond', 'Production-Main', '--yes'], { env: { CI: 'true' } })
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain('--durable-state')
  })

  it('no HOME and no state folder: 2', async ({ world }) => {
    const ended = await world.run(['respond', 'Production-Main', '--yes'], {
      env: { HOME: '', PPLX_WARDEN_HOME: '' },
    })
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain('HOME')
  })

  it('an unknown name: 2 and the nearest', async ({ world }) => {
    await imported(world)
    const ended = await world.run(['respond', 'Production-Mian', '--yes'])
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain('did you mean Production-Main?')
  })
})

describe.concurrent('validate', () => {
  it('alive: 0; refused without a control key: 3; beside one: dead and 0', async ({ world }) => {
    expect((await world.run(['validate', '--token-stdin'], { input: world.token })).code).toBe(0)
    const control = world.sandbox.createKey({})
    writeFileSync(join(world.folder, 'management'), open(control), { mode: 0o600 })
    world.sandbox.revokeKey(world.fingerprint as never)
    expect((await world.run(['validate', '--token-stdin'], { input: world.token })).code).toBe(3)
    const dead = await world.run(
      ['validate', '--token-stdin', '--management-key-file', 'management', '--report', 'json'],
      { input: world.token },
    )
    expect(dead.code).toBe(0)
    expect(JSON.parse(dead.stdout)).toMatchObject({ validity: 'dead', fingerprint: world.fingerprint })
    checkNoToken(world, [world.token])
  })
})
