import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { RespondError } from '../../src/respond/errors.ts'
import { holderIsGone, thisHolder } from '../../src/respond/holder.ts'
import { loadIncident, openRecorder } from '../../src/respond/recorder.ts'
import { apply, foldJournal } from '../../src/respond/state.ts'
import type { IncidentState, JournalEvent } from '../../src/respond/types.ts'
import { incidentById, insertIncident } from '../../src/store/incidents.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { appendJournal, canonicalJson, readJournal, verifyJournal } from '../../src/store/journal.ts'
import { claimLease, holdsLease, leaseMs, releaseLease, renewLease } from '../../src/store/leases.ts'
import { deps, temporaryFolder } from '../store/support.ts'
import { event, incident, opened } from './events.ts'

const at = '2026-01-02T03:04:05.000Z'
const now = Date.parse(at)
let store: Store
let path: string

beforeEach(async () => {
  path = join(temporaryFolder(), 'warden.db')
  store = await openStore(path, deps, { create: true })
  await insertIncident(store.db, {
    id: incident,
    fingerprint: opened.data.fingerprint,
    key_id: null,
    key_name: null,
    kind: 'compromise',
    status: 'open',
    ended: 0,
    exposure: 'internal',
    opened_at: at,
    updated_at: at,
    closed_at: null,
    deadline: null,
  })
  return () => store.close()
})

describe('folding', () => {
  const dated = (events: readonly JournalEvent[]) => [opened, ...events].map((each) => ({ at, event: each }))

  it('is total and pure: any events in any order give a state, twice the same, and change nothing that was before', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const entries = dated(events)
        const text = JSON.stringify(entries)
        const state = foldJournal(incident, entries)
        expect(foldJournal(incident, entries)).toEqual(state)
        expect(JSON.stringify(entries)).toBe(text)
        const before = structuredClone(plain(state))
        for (const each of events) expect(apply(state, { at, event: each }).id).toBe(incident)
        expect(plain(state)).toEqual(before)
      }),
    )
  })

  it('step by step is the same as from the start, and as what comes back from JSON', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        let state = foldJournal(incident, dated([]))
        for (const each of events) state = apply(state, { at, event: each })
        expect(state).toEqual(foldJournal(incident, dated(events)))
        expect(state).toEqual(
          foldJournal(incident, JSON.parse(JSON.stringify(dated(events))) as ReturnType<typeof dated>),
        )
      }),
    )
  })

  it('keeps what invariants rest on: a revocation stays, consumers and orphans are never dropped', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let state = foldJournal(incident, dated([]))
        for (const each of events) {
          const next = apply(state, { at, event: each })
          const gone = state.obligations.filter(
            (one) => !next.obligations.some((two) => two.kind === one.kind && two.subject === one.subject),
          )
          const kept = {
            revokedAt: state.revokedAt === null || next.revokedAt === state.revokedAt,
            consumers: state.consumers.every((one) =>
              next.consumers.some((two) => two.target === one.target),
            ),
            duties: gone.length === 0 || each.kind === 'obligation-met',
            attempts: next.attempts.length >= state.attempts.length,
            siblings: next.siblings.length >= state.siblings.length,
          }
          expect(Object.values(kept), JSON.stringify({ each, kept })).not.toContain(false)
          state = next
        }
      }),
    )
  })

  it('refuses a journal without its opening, and words of a newer release', () => {
    expect(() => foldJournal(incident, [])).toThrow(RespondError)
    expect(() => foldJournal(incident, [{ at, event: { kind: 'note', data: { text: '' } } }])).toThrow(
      RespondError,
    )
    const newer = { kind: 'teleported', data: {} } as unknown as JournalEvent
    expect(() => apply(foldJournal(incident, dated([])), { at, event: newer })).toThrow(/does not know/)
  })
})

describe('the hash chain', () => {
  const many = fc.array(fc.record({ kind: fc.constantFrom('a', 'b'), data: fc.jsonValue() }), {
    minLength: 2,
    maxLength: 8,
  })
  const columns = ['at', 'kind', 'data', 'prev_hash', 'hash'] as const

  it('holds as it was written, in however many pieces', async () => {
    await appendJournal(store.db, incident, [{ at, kind: 'a', data: { z: 1, a: [2] } }])
    await appendJournal(store.db, incident, [])
    await appendJournal(store.db, incident, [
      { at, kind: 'b', data: null },
      { at, kind: 'c', data: 'ü' },
    ])
    expect(await verifyJournal(store.db, incident)).toBeNull()
    expect((await readJournal(store.db, incident)).map((one) => [one.seq, one.kind, one.data])).toEqual([
      [1, 'a', { a: [2], z: 1 }],
      [2, 'b', null],
      [3, 'c', 'ü'],
    ])
    expect(await verifyJournal(store.db, 'inc-nosuchone')).toBeNull()
  })

  it('shows any flipped byte, and any entry that was removed, swapped or put in, except at its end', async () => {
    await fc.assert(
      fc.asyncProperty(
        many,
        fc.nat(),
        fc.nat(),
        fc.constantFrom('flip', 'forge', 'remove', 'swap', 'insert'),
        async (entries, pick, place, how) => {
          await store.db.deleteFrom('journal').execute()
          await appendJournal(
            store.db,
            incident,
            entries.map((one) => ({ at, ...one })),
          )
          const rows = await store.db.selectFrom('journal').selectAll().orderBy('seq').execute()
          const seq = 1 + (pick % (rows.length - 1))
          const row = rows[seq - 1]
          const other = rows[seq]
          if (row === undefined || other === undefined) return
          const change = (target: number, values: Record<string, string | number>) =>
            store.db.updateTable('journal').set(values).where('seq', '=', target).execute()
          if (how === 'flip') {
            const column = columns[place % columns.length] ?? 'data'
            const text = row[column]
            const index = place % text.length
            const flipped = String.fromCharCode(text.charCodeAt(index) ^ 1)
            await change(seq, { [column]: text.slice(0, index) + flipped + text.slice(index + 1) })
          } else if (how === 'forge') {
            const { hash: _, ...content } = { ...row, data: '"another"' }
            await change(seq, {
              ...content,
              hash: createHash('sha256').update(canonicalJson(content)).digest('hex'),
            })
          } else if (how === 'remove') {
            await store.db.deleteFrom('journal').where('seq', '=', seq).execute()
          } else if (how === 'swap') {
            await change(seq, { seq: 1000 })
            await change(seq + 1, { seq })
            await change(1000, { seq: seq + 1 })
          } else {
            for (let last = rows.length; last > seq; last -= 1) await change(last, { seq: last + 1 })
            await store.db
              .insertInto('journal')
              .values({ ...row, seq: seq + 1, prev_hash: row.hash })
              .execute()
          }
          expect(await verifyJournal(store.db, incident)).not.toBeNull()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('hashes equal data equally, however its keys are ordered', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 }), (data) => {
        expect(canonicalJson(Object.fromEntries(Object.entries(data).reverse()))).toBe(canonicalJson(data))
      }),
    )
  })

  it('is one chain though two connections write to it in turn', async () => {
    const other = await openStore(path, deps, { create: true })
    for (let n = 0; n < 10; n += 1) {
      for (const one of [store, other])
        await one.transaction((tx) => appendJournal(tx, incident, [{ at, kind: 'n', data: n }]))
    }
    await other.close()
    expect(await verifyJournal(store.db, incident)).toBeNull()
    expect((await readJournal(store.db, incident)).length).toBe(20)
  })
})

describe('a lease', () => {
  const me = { name: 'host', bootId: 'b', pid: 1, processStart: '1' }
  const you = { ...me, pid: 2 }
  const claim = (holder: typeof me, when: number, gone = false) =>
    store.transaction((tx) => claimLease(tx, incident, holder, when, () => gone))

  it("is one holder's until it runs out, is given back, or its holder is dead; each has a greater number", async () => {
    expect(await claim(me, now)).toEqual({ incident, fencing: 1 })
    expect(await claim(you, now + leaseMs - 1)).toEqual({ heldBy: me })
    expect(await claim(you, now + leaseMs - 1, true), 'dead on this host: at once').toEqual({
      incident,
      fencing: 2,
    })
    expect(await claim(me, now + 2 * leaseMs), 'run out').toEqual({ incident, fencing: 3 })
    await store.transaction((tx) => releaseLease(tx, { incident, fencing: 3 }))
    expect(await claim(you, now + 2 * leaseMs + 1)).toEqual({ incident, fencing: 4 })
  })

  it('goes on while it is renewed, and never for one who lost it', async () => {
    await claim(me, now)
    expect(await renewLease(store.db, { incident, fencing: 1 }, now + leaseMs - 1)).toBe(true)
    expect(await claim(you, now + leaseMs + 1)).toEqual({ heldBy: me })
    await claim(you, now + 3 * leaseMs)
    expect(await renewLease(store.db, { incident, fencing: 1 }, now + 3 * leaseMs)).toBe(false)
    expect(await holdsLease(store.db, { incident, fencing: 1 })).toBe(false)
    await releaseLease(store.db, { incident, fencing: 1 })
    expect(await claim(me, now + 3 * leaseMs), 'a loser gives nothing back').toEqual({ heldBy: you })
  })

  it('does not last for ever when the clock jumps back', async () => {
    await claim(me, now)
    expect(await claim(you, now - 3_600_000)).toEqual({ incident, fencing: 2 })
  })

  it('is given to one of many that ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, (_, pid) => claim({ ...me, pid }, now)))
    expect(all.filter((one) => 'fencing' in one).length).toBe(1)
  })
})

describe('a responder that lost its lease', () => {
  it('writes nothing: not to the journal, not to the incident, nothing that goes with it, and its own memory stays', async () => {
    await appendJournal(store.db, incident, [{ at, ...opened }])
    const me = { name: 'host', bootId: 'b', pid: 1, processStart: '1' }
    const lease = await store.transaction((tx) => claimLease(tx, incident, me, now, () => false))
    if (!('fencing' in lease)) throw new Error('not claimed')
    const recorder = openRecorder(store, lease, deps.clock, await loadIncident(store.db, incident))
    await recorder.record([{ kind: 'exposure', data: { exposure: 'shared', reason: 'first' } }])
    await store.transaction((tx) => claimLease(tx, incident, { ...me, pid: 2 }, now, () => true))
    const journal = await readJournal(store.db, incident)
    let also = false
    const late = recorder.record([{ kind: 'exposure', data: { exposure: 'public', reason: 'late' } }], () => {
      also = true
      return Promise.resolve()
    })
    await expect(late).rejects.toMatchObject({ code: 'lease-lost', exitCode: 3 })
    expect(also).toBe(false)
    expect(await readJournal(store.db, incident)).toEqual(journal)
    expect((await incidentById(store.db, incident))?.exposure).toBe('shared')
    expect(recorder.state.exposureReason).toBe('first')
  })

  it('what fails in the same transaction leaves no trace either', async () => {
    await appendJournal(store.db, incident, [{ at, ...opened }])
    const me = { name: 'host', bootId: 'b', pid: 1, processStart: '1' }
    const lease = await store.transaction((tx) => claimLease(tx, incident, me, now, () => false))
    if (!('fencing' in lease)) throw new Error('not claimed')
    const recorder = openRecorder(store, lease, deps.clock, await loadIncident(store.db, incident))
    const failing = recorder.record([{ kind: 'note', data: { text: 'x' } }], () =>
      Promise.reject(new Error('no')),
    )
    await expect(failing).rejects.toThrow('no')
    expect((await readJournal(store.db, incident)).length).toBe(1)
    expect(await verifyJournal(store.db, incident)).toBeNull()
  })
})

describe('a holder', () => {
  const self = thisHolder(fs)

  it("that is this process lives; one that ended, or whose number is another's now, is gone", () => {
    expect(holderIsGone(fs, self)).toBe(false)
    const { pid } = spawnSync('true')
    expect(holderIsGone(fs, { ...self, pid })).toBe(true)
    expect(holderIsGone(fs, { ...self, processStart: '1' })).toBe(true)
  })

  it('of another boot is gone; of another host or container nobody can tell', () => {
    const [, space] = self.bootId.split('/')
    expect(holderIsGone(fs, { ...self, bootId: `another/${space}` })).toBe(true)
    expect(holderIsGone(fs, { ...self, name: 'elsewhere', pid: 2 ** 22 })).toBe(false)
    expect(holderIsGone(fs, { ...self, bootId: `${self.bootId.split('/')[0]}/pid:[1]`, pid: 2 ** 22 })).toBe(
      false,
    )
  })
})

function plain(state: IncidentState): unknown {
  return { ...state, steps: [...state.steps] }
}
