import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../../src/context.ts'
import type { ConsumerSpec, KeyEntry } from '../../src/inventory/types.ts'
import type { ChannelSpec } from '../../src/notify/types.ts'
import { loadPolicy } from '../../src/respond/policy.ts'
import { loadIncident, openRecorder, writeEvents } from '../../src/respond/recorder.ts'
import type { KeyRing, ResponseOptions, Run } from '../../src/respond/run.ts'
import { foldJournal } from '../../src/respond/state.ts'
import type { JournalEvent } from '../../src/respond/types.ts'
import { type Fingerprint, type Secret, secretOf } from '../../src/secret/index.ts'
import { insertIncident } from '../../src/store/incidents.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { claimLease } from '../../src/store/leases.ts'
import { deps, temporaryFolder } from '../store/support.ts'
import { randomToken } from '../support.ts'
import { incident, opened } from './events.ts'

export const openedAt = Date.UTC(2026, 0, 2)

export interface Situation {
  readonly events?: readonly JournalEvent[]
  /** Milliseconds since the incident was opened. */
  readonly after?: number
  readonly options?: Partial<ResponseOptions>
  readonly entry?: Partial<KeyEntry>
  /** Other keys of the inventory. */
  readonly others?: readonly Partial<KeyEntry>[]
  readonly policy?: unknown
  readonly management?: Secret
  readonly channels?: readonly ChannelSpec[]
  readonly playbook?: 'compromise' | 'revoke'
  readonly exposure?: 'local' | 'internal' | 'shared' | 'public'
  /** What a locator gives by now. */
  readonly locators?: Readonly<Record<string, Secret>>
}

export interface Stage {
  readonly run: Run
  readonly folder: string
  readonly store: Store
  advance(ms: number): void
}

export const leaked = secretOf(randomToken())
export const replacement = secretOf(randomToken())
export const consumer = (name: string, more: object = {}): ConsumerSpec => ({
  kind: 'file',
  path: `/run/${name}`,
  reload: ['/bin/true'],
  directory: '/',
  ...more,
})
export const targetOf = (name: string): string => `/run/${name}`

/** A run over a real journal and store, on a clock of its own; whatever would go to the network fails the test. */
export async function stage(situation: Situation = {}): Promise<Stage> {
  const folder = temporaryFolder()
  const store = await openStore(join(folder, 'warden.db'), deps, { create: true })
  const clock = { at: openedAt + (situation.after ?? 0) }
  const at = new Date(openedAt).toISOString()
  const exposure = situation.exposure ?? 'internal'
  const playbook = situation.playbook ?? 'compromise'
  const first = {
    ...opened,
    data: { ...opened.data, fingerprint: leaked.fingerprint, keyId: 'key-1', exposure, playbook },
  }
  const events: JournalEvent[] = [first, ...(situation.events ?? [])]
  await insertIncident(store.db, {
    id: incident,
    fingerprint: leaked.fingerprint,
    key_id: null,
    key_name: 'Main',
    kind: playbook,
    status: 'open',
    ended: 0,
    exposure,
    opened_at: at,
    updated_at: at,
    closed_at: null,
    deadline: null,
  })
  await store.transaction((tx) =>
    writeEvents(
      tx,
      foldJournal(
        incident,
        events.map((each) => ({ at, event: each })),
      ),
      events,
      at,
    ),
  )
  const lease = await store.transaction((tx) =>
    claimLease(tx, incident, { name: 'h', bootId: 'b', pid: 1, processStart: '1' }, clock.at, () => false),
  )
  if (!('fencing' in lease)) throw new Error('not claimed')
  const context = {
    fs,
    spawn,
    env: { PATH: process.env['PATH'] ?? '', HOOK_SECRET: 'shared with the receiver' },
    cwd: folder,
    random: (bytes: number) => new Uint8Array(bytes),
    signal: new AbortController().signal,
    clock: { now: () => clock.at, monotonic: () => clock.at, sleep: () => Promise.resolve() },
  } as unknown as Context
  const recorder = openRecorder(store, lease, context.clock, await loadIncident(store.db, incident))
  const entries = [
    entryOf({ ...situation.entry }),
    ...(situation.others ?? []).map((one, index) =>
      entryOf({ id: `other-${index}`, fingerprint: fingerprintOf(index), status: 'active', ...one }),
    ),
  ]
  const offline = new Proxy(
    {},
    { get: (_, name) => () => Promise.reject(new Error(`the network was asked: ${String(name)}`)) },
  )
  const run: Run = {
    services: {
      context,
      store,
      at: () => undefined,
      client: {
        ...(offline as Run['services']['client']),
        liveness: () => Promise.resolve({ validity: 'alive', detail: '200' }),
      },
      escrow: {
        read: () => Promise.resolve({ content: 'token', secret: leaked }),
      } as unknown as Run['services']['escrow'],
      policy: loadPolicy(situation.policy),
      keys: keyRing(entries, situation.locators ?? {}),
      channels: situation.channels ?? [],
      management: () => Promise.resolve(situation.management ?? null),
    },
    options: {
      yes: false,
      by: 'ann',
      revokeNow: false,
      drainMs: null,
      proveForMs: 0,
      waitMs: 0,
      paidProbe: false,
      waivers: new Map(),
      addConsumers: [],
      replacement: null,
      ...situation.options,
    },
    recorder,
    leaked,
    replacement: null,
    startedAt: clock.at,
  }
  return {
    run,
    folder,
    store,
    advance(ms) {
      clock.at += ms
    },
  }
}

const fingerprintOf = (n: number): Fingerprint => `sha256:${String(n).repeat(64).slice(0, 64)}`

function entryOf(over: Partial<KeyEntry>): KeyEntry {
  return {
    id: 'key-1',
    name: 'Main',
    fingerprint: leaked.fingerprint,
    bodyLength: 48,
    alphanumeric: true,
    account: 'default',
    environment: 'production',
    purpose: null,
    owners: [],
    consumers: [consumer('app')],
    locator: null,
    locatorStale: false,
    status: 'compromised',
    management: false,
    createdAt: '',
    rotateEveryDays: null,
    rotateBy: null,
    lastSeenAt: null,
    replaces: null,
    updatedAt: '',
    ...over,
  }
}

function keyRing(entries: readonly KeyEntry[], locators: Readonly<Record<string, Secret>>): KeyRing {
  const known: Partial<KeyRing> = {
    byId: (id) => Promise.resolve(entries.find((one) => one.id === id) ?? null),
    byFingerprint: (fingerprint) =>
      Promise.resolve(entries.find((one) => one.fingerprint === fingerprint) ?? null),
    all: () => Promise.resolve(entries),
    read: () => Promise.resolve(null),
    readLocator: (locator) => {
      const secret = locators[locator]
      return secret === undefined ? Promise.reject(new Error('nothing there')) : Promise.resolve(secret)
    },
  }
  return known as KeyRing
}
