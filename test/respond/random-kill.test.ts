import { readFileSync } from 'node:fs'
import { describe, expect } from 'vitest'
import { parseDotenv } from '../../src/consumers/dotenv-file.ts'
import { checkInvariants, checkNoToken } from './invariants.ts'
import { inWorld, untilEnd } from './world.ts'

const seed = Number(process.env['SEED'] ?? 20_261_123)
const runs = process.env['PROVE'] === '1' ? 200 : 3
const respond = ['respond', 'Production-Main', '--exposure', 'public', '--yes', '--durable-state'] as const
const faults = [
  null,
  { endpoint: 'issue', kind: 'reset-after', times: 1 },
  { endpoint: 'issue', kind: 'truncate', bytes: 40, times: 1 },
  { endpoint: 'issue', kind: 'status', status: 503, when: 'after', times: 1 },
  { endpoint: 'revoke', kind: 'reset-after', times: 1 },
  { endpoint: 'revoke', kind: 'slow-revocation', ms: 300, times: 2 },
] as const

describe.concurrent('killed at random times, again and again, with a fault of the other side', () => {
  inWorld.for(Array.from({ length: runs }, (_, index) => index))(
    `run %s of seed ${seed}`,
    { timeout: 120_000 },
    async (index, { world }) => {
      const random = generator(seed + index)
      world.writeInventory()
      await world.importInventory()
      const fault = faults[Math.floor(random() * faults.length)] ?? null
      if (fault !== null) world.sandbox.inject([fault])
      for (let kill = 0; kill < 2; kill += 1) {
        const child = world.start(respond)
        const ended = untilEnd(child)
        const timer = setTimeout(() => child.kill('SIGKILL'), 200 + random() * 900)
        const { stdout, stderr } = await ended
        clearTimeout(timer)
        world.outputs.push(stdout, stderr)
      }

      const { ended, incident } = await world.respondJson(respond)

      await checkInvariants(world, incident)
      expect(incident.steps.find((one) => one.name === 'prove')?.status, ended.stderr).toBe('done')
      const orphaned = incident.obligations.some((one) => one.kind === 'possible-orphan')
      expect(ended.code).toBe(orphaned ? 3 : 0)
      const current =
        parseDotenv(readFileSync(world.envFile)).find((one) => one.name === 'PERPLEXITY_API_KEY')?.value ?? ''
      checkNoToken(world, [world.token, current])
    },
  )
})

/** mulberry32: small, and the same numbers for the same seed everywhere. */
function generator(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
