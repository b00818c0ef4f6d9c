// A process of its own that opens a database, perhaps as the first one, and writes twenty incidents to it.
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { openStore } from '../../src/store/index.ts'

const [path = '', name = ''] = process.argv.slice(2)
const store = await openStore(
  path,
  {
    fs,
    random: (bytes) => randomBytes(bytes),
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
  },
  { create: true },
)
const at = new Date().toISOString()
for (let count = 0; count < 20; count++) {
  await store.transaction(async (tx) => {
    const id = `inc-${name}${count}`
    const before = await tx.selectFrom('incidents').select('id').where('id', '=', id).execute()
    await tx
      .insertInto('incidents')
      .values({
        id,
        fingerprint: id,
        key_id: null,
        key_name: null,
        kind: 'compromise',
        status: 'open',
        ended: before.length,
        exposure: 'local',
        opened_at: at,
        updated_at: at,
        closed_at: null,
        deadline: null,
      })
      .execute()
  })
}
await store.close()
