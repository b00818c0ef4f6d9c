import fc from 'fast-check'
import type { ConsumerSpec } from '../../src/inventory/types.ts'
import type { JournalEvent } from '../../src/respond/types.ts'

export const incident = 'inc-aaaaaaaaaa'

export const opened = {
  kind: 'opened',
  data: {
    playbook: 'compromise',
    fingerprint: `sha256:${'0'.repeat(64)}`,
    masked: 'pplx-… [00000000]',
    keyId: null,
    keyName: 'Main',
    account: 'default',
    exposure: 'internal',
    exposureReason: 'said',
    exposedSince: null,
  },
} as const satisfies JournalEvent

const step = fc.constantFrom('open', 'approve', 'issue', 'confirm', 'revoke', 'prove', 'close')
const status = fc.constantFrom('pending', 'running', 'done', 'skipped', 'waiting', 'person', 'failed')
const outcome = fc.constantFrom('done', 'not-done', 'ambiguous')
const word = fc.constantFrom('a', 'b', 'c')
const time = fc.constantFrom('2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z')
const level = fc.constantFrom('read back', 'reported', 'observed', 'none')
const obligation = fc.constantFrom(
  'leaked-key-alive',
  'possible-orphan',
  'consumer-unconfirmed',
  'locator-stale',
)
const exposure = fc.constantFrom('local', 'internal', 'shared', 'public')
const fingerprint = fc.constant(`sha256:${'1'.repeat(64)}` as const)
const spec = word.map((name): ConsumerSpec => ({ kind: 'file', path: `/${name}`, directory: '/' }))

/** One generator for each kind of event: a kind without one does not compile. */
const byKind: {
  [Kind in JournalEvent['kind']]: fc.Arbitrary<Extract<JournalEvent, { kind: Kind }>['data']>
} = {
  opened: fc.constant(opened.data),
  occurrences: fc.record({ list: fc.array(fc.record({ surface: word, where: word })) }),
  exposure: fc.record({ exposure, reason: word }),
  deadline: fc.record({ at: time }),
  step: fc.record({ step, status, evidence: word, retryAt: fc.option(time) }),
  consumers: fc.record({
    known: fc.boolean(),
    list: fc.array(spec.map((one) => ({ spec: one, target: one.kind === 'file' ? one.path : '' }))),
  }),
  consumer: fc.record({
    target: word.map((name) => `/${name}`),
    status: fc.constantFrom('pending', 'written', 'reloaded', 'confirmed', 'waived', 'manual', 'failed'),
    evidence: word,
    level,
  }),
  sibling: fc.record({ target: word, path: word }),
  'issue-intent': fc.record({ attempt: word, tokenName: word, authoriser: word }),
  'issue-outcome': fc.record({ attempt: word, outcome, fingerprint: fc.option(fingerprint), evidence: word }),
  replacement: fc.record({ fingerprint, name: word, attempt: word }),
  'revoke-intent': fc.record({ authoriser: word }),
  'revoke-outcome': fc.record({ outcome, evidence: word }),
  approval: fc.record({ planHash: word, by: word, expiresAt: time }),
  obligation: fc.record({ kind: obligation, subject: word, detail: word }),
  'obligation-met': fc.record({ kind: obligation, subject: word, by: word }),
  'follow-up': fc.record({ kind: word, detail: word }),
  'escrow-destroyed': fc.record({ attempt: word }),
  note: fc.record({ text: word }),
}

export const event: fc.Arbitrary<JournalEvent> = fc.oneof(
  ...Object.entries(byKind).map(([kind, data]) =>
    (data as fc.Arbitrary<unknown>).map((one) => ({ kind, data: one }) as JournalEvent),
  ),
)
