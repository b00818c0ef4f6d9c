import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { markStatus } from '../../src/inventory/index.ts'
import { deps } from '../store/support.ts'
import { inWorld, type World } from '../respond/world.ts'
import { runWithin } from '../cli/stage.ts'
import { write } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { allow, digits, print, type Report } from './support.ts'
import type { KeyStatus } from '../../src/inventory/types.ts'

const exception = (token: string): string =>
  `exceptions: [{ fingerprint: ${print(token)}, reason: r, owner: o }]\n`

async function scanTree(world: World, ...flags: string[]): Promise<[Report, number | null]> {
  const ended = await runWithin(world, ['scan', 'dir', 'tree', '--report', 'json', ...flags], {})
  if (!ended.stdout.startsWith('{')) throw new Error(ended.stdout + ended.stderr)
  return [JSON.parse(ended.stdout) as Report, ended.code]
}

async function become(world: World, status: KeyStatus): Promise<void> {
  const [key] = await world.keys()
  const store = await openStore(join(world.state, 'warden.db'), deps, { create: false })
  if (store === null || key === undefined) throw new Error('no inventory')
  await store.transaction((tx) =>
    markStatus(
      { db: tx, clock: store.clock, random: (bytes) => store.random(bytes), who: 'test' },
      key.id,
      status,
    ),
  )
  await store.close()
}

describe.concurrent('a key of the inventory', () => {
  inWorld('is silenced by nothing until it is revoked', async ({ world }) => {
    world.writeInventory()
    await world.importInventory()
    const { token } = world
    write(world.folder, { 'tree/a.txt': token })
    const baseline = join(world.folder, 'baseline.json')
    await runWithin(world, ['scan', 'dir', 'tree', '--report', `json=${baseline}`], {})
    write(world.folder, {
      'tree/.pplx-warden.yaml': exception(token),
      'tree/a.txt': `${token} ${allow(token)}`,
    })
    for (const status of ['active', 'retired', 'compromised', 'revoked'] as const) {
      if (status !== 'active') await become(world, status)
      const refused = status === 'revoked' ? 'applied' : 'refused'
      const [document, code] = await scanTree(world)
      expect([status, code]).toEqual([status, status === 'revoked' ? 0 : 1])
      expect(document.exceptions?.map((use) => use.status)).toContain(refused)
      write(world.folder, { 'tree/a.txt': token })
      for (const flags of [[], ['--baseline', baseline]]) {
        const [other, otherCode] = await scanTree(world, ...flags)
        expect(otherCode).toBe(code)
        expect(other.exceptions?.[0]?.status).toBe(refused)
      }
      const ignored = await runWithin(world, ['ignore', digits(token), '--reason', 'r', '--owner', 'o'], {})
      expect(ignored.code, ignored.stderr).toBe(status === 'revoked' ? 0 : 2)
      if (status === 'active') expect(ignored.stderr).toContain(`pplx-warden respond ${digits(token)}`)
      if (status !== 'revoked') expect(ignored.stderr).toContain(`is ${status} in the inventory`)
      write(world.folder, { 'tree/a.txt': `${token} ${allow(token)}` })
    }
    expect(
      readFileSync(join(world.folder, '.pplx-warden.yaml'), 'utf8'),
      'the inventory completes it',
    ).toContain(print(token))
  })

  inWorld('an exception of an active key is refused although it is nowhere', async ({ world }) => {
    world.writeInventory()
    await world.importInventory()
    write(world.folder, { 'tree/a.txt': 'nothing', 'tree/.pplx-warden.yaml': exception(world.token) })
    expect(await scanTree(world)).toMatchObject([{ exceptions: [{ status: 'refused', occurrences: 0 }] }, 0])
    const ended = await runWithin(world, ['scan', 'dir', 'tree'], {})
    expect(ended.stdout.replaceAll(/\s+/g, ' ')).toContain('nothing silences a living key')
  })
})

describe.concurrent('--respond asks whether what is excepted is alive', () => {
  const responding = ['--respond', '--exposure', 'public', '--yes', '--durable-state', '--wait', '0'] as const

  inWorld(
    'alive: the exception is refused, the key counts; dead or unknown: it stands',
    async ({ world }) => {
      // The sandbox's first key, which no inventory knows.
      const { token } = world
      const dead = randomToken()
      write(world.folder, {
        'tree/.pplx-warden.yaml': `exceptions:\n${[token, dead].map((one) => `  - { fingerprint: ${print(one)}, reason: r, owner: o }\n`).join('')}`,
        'tree/a.txt': dead,
      })
      expect(await scanTree(world, ...responding)).toMatchObject([
        {
          findings: [{ validity: 'unknown', suppressed: { by: 'tree/.pplx-warden.yaml, owner o' } }],
          incidents: [],
        },
        0,
      ])
      write(world.folder, { 'tree/b.txt': token })
      expect((await scanTree(world))[1], 'nothing is asked without --respond').toBe(0)
      const [document, code] = await scanTree(world, ...responding)
      expect(code).toBe(1)
      expect(document.findings.find((one) => one.fingerprint === print(token))).toMatchObject({
        validity: 'live',
        suppressed: null,
      })
      expect(document.exceptions?.map(({ status }) => status).sort()).toEqual(['applied', 'refused'])
      expect(document).toMatchObject({ summary: { findings: 1, suppressed: 1 }, incidents: [] })
      const text = await runWithin(world, ['scan', 'dir', 'tree', ...responding], {})
      expect(
        text.stdout.match(/is not in the inventory: nothing was revoked/g),
        'only of what counts',
      ).toHaveLength(1)
    },
  )

  inWorld('nobody answers: it stands, and no incident is opened', async ({ world }) => {
    const token = randomToken()
    write(world.folder, { 'tree/a.txt': token, 'tree/.pplx-warden.yaml': exception(token) })
    const env = { PPLX_WARDEN_API_URL: 'http://127.0.0.1:9' }
    const ended = await runWithin(world, ['scan', 'dir', 'tree', ...responding, '--report', 'json'], { env })
    expect(ended.code, ended.stderr).toBe(0)
    expect(JSON.parse(ended.stdout)).toMatchObject({ incidents: [], findings: [{ validity: 'unknown' }] })
    writeFileSync(join(world.folder, 'tree/b.txt'), world.token)
  })
})
