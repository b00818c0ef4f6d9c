import { readFileSync } from 'node:fs'
import { describe, expect } from 'vitest'
import { parseDotenv } from '../../src/consumers/dotenv-file.ts'
import { points } from '../../src/respond/points.ts'
import { checkInvariants, checkNoToken } from './invariants.ts'
import { inWorld } from './world.ts'

const respond = [
  'respond',
  'Production-Main',
  '--exposure',
  'public',
  '--yes',
  '--durable-state',
  '--drain',
  '0',
] as const

/** After these the reply of an issue call is gone with the process, and only its name is left. */
const orphaning = new Set(['issue:intent-recorded', 'issue:reply-received'])

describe.concurrent('killed with SIGKILL and run again, a response ends as if nothing had happened', () => {
  inWorld.for(points)('at %s', async (point, { world }) => {
    world.writeInventory()
    await world.importInventory()
    const killed = await world.run(respond, { env: { PPLX_WARDEN_TEST_KILL_AT: point } })
    expect(killed.signal, `${point} is passed\n${killed.stderr}`).toBe('SIGKILL')
    const before = world.sandbox.books().keys.find((key) => key.fingerprint === world.fingerprint)
    if (!point.startsWith('revoke:') && !point.startsWith('prove:'))
      expect(before?.status, 'not revoked early').toBe('live')

    const { ended, incident } = await world.respondJson(respond)

    await checkInvariants(world, incident)
    expect(incident.steps.find((one) => one.name === 'prove')?.status).toBe('done')
    if (orphaning.has(point)) {
      expect(ended.code).toBe(3)
      const [orphan] = incident.obligations.filter((one) => one.kind === 'possible-orphan')
      const settled = await world.run([
        'incident',
        'reconcile',
        incident.id,
        '--dealt-with',
        orphan?.subject ?? '',
      ])
      expect(settled.code, settled.stderr).toBe(0)
      expect((await world.run(respond)).code).toBe(0)
    } else {
      expect(ended.code, ended.stderr).toBe(0)
      expect(incident.status).toBe('closed')
      expect(world.sandbox.books().keys.length, 'one replacement').toBe(2)
    }
    const current =
      parseDotenv(readFileSync(world.envFile)).find((one) => one.name === 'PERPLEXITY_API_KEY')?.value ?? ''
    checkNoToken(world, [world.token, current])
  })
})
