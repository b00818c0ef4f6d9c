import { describe, expect, it } from 'vitest'
import { assess } from '../../src/respond/assess.ts'
import { approve } from '../../src/respond/steps/approve.ts'
import { issue } from '../../src/respond/steps/issue.ts'
import { heldBack } from '../../src/respond/steps/revoke.ts'
import type { ConsumerStatus, JournalEvent, StepName } from '../../src/respond/types.ts'
import { consumer, leaked, openedAt, replacement, type Situation, stage, targetOf } from './stage.ts'

const minute = 60_000
const done = (step: StepName): JournalEvent => ({
  kind: 'step',
  data: { step, status: 'done', evidence: '', retryAt: null },
})
const waiting = (step: StepName): JournalEvent => ({
  kind: 'step',
  data: { step, status: 'waiting', evidence: '', retryAt: new Date(openedAt + 5000).toISOString() },
})
const deadline = (minutes: number): JournalEvent => ({
  kind: 'deadline',
  data: { at: new Date(openedAt + minutes * minute).toISOString() },
})
const issued: JournalEvent = {
  kind: 'replacement',
  data: { fingerprint: replacement.fingerprint, name: 'Main', attempt: 'r1a1' },
}
const uses = (...names: string[]): JournalEvent => ({
  kind: 'consumers',
  data: { known: true, list: names.map((name) => ({ spec: consumer(name), target: targetOf(name) })) },
})
const is = (name: string, status: ConsumerStatus): JournalEvent => ({
  kind: 'consumer',
  data: { target: targetOf(name), status, evidence: '', level: 'read back' },
})
const replaced = [uses('app'), issued, done('verify'), is('app', 'confirmed'), done('confirm'), done('drain')]
const another = [{ name: 'Other' }]

/** Invariants 3 and 4 of RESPONSE.md and its table "When to revoke": what is the case, and whether the key may be revoked. */
const table: readonly [string, Situation, 'revoke' | 'waiting' | 'person'][] = [
  ['replaced, confirmed and drained', { events: replaced }, 'revoke'],
  [
    'confirmed, the drain not over',
    { events: [...replaced.slice(0, 5), waiting('drain'), deadline(24 * 60)] },
    'waiting',
  ],
  [
    'public, confirmed, the drain not over',
    { exposure: 'public', events: [...replaced.slice(0, 5), deadline(15)] },
    'waiting',
  ],
  [
    'one of two consumers not confirmed',
    {
      events: [
        uses('app', 'web'),
        issued,
        done('verify'),
        is('app', 'confirmed'),
        is('web', 'failed'),
        deadline(24 * 60),
      ],
    },
    'person',
  ],
  [
    'one confirmed, one waived',
    {
      events: [
        uses('app', 'web'),
        issued,
        is('app', 'confirmed'),
        is('web', 'waived'),
        done('confirm'),
        done('drain'),
      ],
      others: another,
    },
    'revoke',
  ],
  [
    'all waived: the new key stands in escrow alone',
    {
      events: [uses('app'), issued, done('verify'), is('app', 'waived'), done('confirm'), done('drain')],
      others: another,
    },
    'person',
  ],
  [
    'all waived, and its locator gives the new key',
    {
      events: [uses('app'), issued, done('verify'), is('app', 'waived'), done('confirm'), done('drain')],
      others: [
        { name: 'Main', fingerprint: replacement.fingerprint, locator: 'file:/new', status: 'active' },
      ],
      locators: { 'file:/new': replacement },
    },
    'revoke',
  ],
  [
    'all waived, and its locator gives the old key',
    {
      events: [uses('app'), issued, done('verify'), is('app', 'waived'), done('confirm'), done('drain')],
      others: [
        { name: 'Main', fingerprint: replacement.fingerprint, locator: 'file:/new', status: 'active' },
      ],
      locators: { 'file:/new': leaked },
    },
    'person',
  ],

  [
    'internal past its deadline, a consumer failed: asks',
    {
      events: [uses('app'), issued, done('verify'), is('app', 'failed'), deadline(24 * 60)],
      after: 25 * 60 * minute,
      others: another,
    },
    'person',
  ],
  [
    'internal past its deadline, nothing issued: asks, also with --yes',
    {
      events: [uses('app'), deadline(24 * 60)],
      after: 25 * 60 * minute,
      others: another,
      options: { yes: true },
    },
    'person',
  ],
  [
    'internal past its deadline, still verifying: goes on waiting',
    {
      events: [uses('app'), issued, waiting('verify'), deadline(24 * 60)],
      after: 25 * 60 * minute,
      others: another,
    },
    'waiting',
  ],
  [
    'shared before its deadline, a consumer failed',
    {
      exposure: 'shared',
      events: [uses('app'), issued, done('verify'), is('app', 'failed'), deadline(60)],
      after: 59 * minute,
      others: another,
    },
    'waiting',
  ],
  [
    'shared past its deadline, a consumer failed',
    {
      exposure: 'shared',
      events: [uses('app'), issued, done('verify'), is('app', 'failed'), deadline(60)],
      after: 60 * minute,
      others: another,
    },
    'revoke',
  ],
  [
    'public before its deadline, a consumer failed',
    {
      exposure: 'public',
      events: [uses('app'), issued, done('verify'), is('app', 'failed'), deadline(15)],
      after: 14 * minute,
    },
    'waiting',
  ],
  [
    'public past its deadline, a consumer failed',
    {
      exposure: 'public',
      events: [uses('app'), issued, done('verify'), is('app', 'failed'), deadline(15)],
      after: 15 * minute,
    },
    'revoke',
  ],
  [
    'public past its deadline, only read back',
    {
      exposure: 'public',
      events: [uses('app'), issued, done('verify'), is('app', 'written'), deadline(15)],
      after: 15 * minute,
    },
    'revoke',
  ],
  [
    'public, the clock jumped back before its deadline',
    {
      exposure: 'public',
      events: [uses('app'), issued, done('verify'), is('app', 'failed'), deadline(15)],
      after: -60 * minute,
    },
    'waiting',
  ],
  [
    'local, approved: replaced first',
    { exposure: 'local', events: [uses('app'), issued, waiting('verify')], others: another },
    'waiting',
  ],
  [
    'local: no deadline ever revokes',
    {
      exposure: 'local',
      events: [uses('app'), issued, done('verify'), is('app', 'failed')],
      after: 10 ** 10,
      others: another,
    },
    'person',
  ],

  ['nobody uses it, others are alive', { events: [], entry: { consumers: [] }, others: another }, 'revoke'],
  ['nobody uses it, the last live key: a person', { events: [], entry: { consumers: [] } }, 'person'],
  [
    'nobody uses it, the last live key, --yes',
    { events: [], entry: { consumers: [] }, options: { yes: true } },
    'revoke',
  ],
  [
    'public, nobody uses it, the last live key: now is its deadline',
    { exposure: 'public', events: [], entry: { consumers: [] } },
    'revoke',
  ],
  [
    'other keys of another account, or dead, do not count',
    {
      events: [],
      entry: { consumers: [] },
      others: [{ account: 'b' }, { status: 'revoked' }, { status: 'retired' }],
    },
    'person',
  ],
  [
    'shared past its deadline, nothing issued, the last live key: a person',
    { exposure: 'shared', events: [uses('app'), deadline(60)], after: 61 * minute },
    'person',
  ],
  [
    'shared past its deadline, the replacement works: not the last any more',
    {
      exposure: 'shared',
      events: [uses('app'), issued, done('verify'), is('app', 'failed'), deadline(60)],
      after: 61 * minute,
    },
    'revoke',
  ],
  [
    'public past its deadline, nothing issued, the last live key',
    { exposure: 'public', events: [uses('app'), deadline(15)], after: 16 * minute },
    'revoke',
  ],

  [
    'a management key that nobody uses is replaced first',
    { events: [], entry: { consumers: [], management: true }, others: another },
    'person',
  ],
  [
    'a management key, shared, before its deadline',
    {
      exposure: 'shared',
      events: [deadline(30)],
      entry: { consumers: [], management: true },
      others: another,
    },
    'waiting',
  ],
  [
    'a management key, public, past its deadline',
    {
      exposure: 'public',
      events: [deadline(5)],
      entry: { consumers: [], management: true },
      after: 6 * minute,
    },
    'revoke',
  ],
  [
    'the configured management key counts as one',
    { events: [], entry: { consumers: [] }, others: another, management: leaked },
    'person',
  ],
  [
    'a management key whose successor stands where it is read from',
    {
      events: [issued, done('verify'), done('confirm'), done('drain')],
      entry: { consumers: [], management: true },
      others: [{ fingerprint: replacement.fingerprint, locator: 'file:/management', status: 'active' }],
      locators: { 'file:/management': replacement },
    },
    'revoke',
  ],
  [
    'a management key whose successor stands in escrow alone',
    {
      events: [issued, done('verify'), done('confirm'), done('drain')],
      entry: { consumers: [], management: true },
      others: [{ fingerprint: replacement.fingerprint, locator: 'file:/management', status: 'active' }],
    },
    'person',
  ],

  ['--revoke-now, approved', { events: [uses('app')], options: { revokeNow: true, yes: true } }, 'revoke'],
  [
    '--revoke-now, approved for another plan only',
    {
      events: [
        uses('app'),
        { kind: 'approval', data: { planHash: 'other', by: 'ann', expiresAt: '2099-01-01T00:00:00.000Z' } },
      ],
      options: { revokeNow: true },
    },
    'person',
  ],
  [
    '--revoke-now, agreed to at the terminal',
    { events: [uses('app')], options: { revokeNow: true, ask: () => Promise.resolve(true) } },
    'revoke',
  ],
  [
    '--revoke-now, declined at the terminal',
    { events: [uses('app')], options: { revokeNow: true, ask: () => Promise.resolve(false) } },
    'person',
  ],
  ['the playbook that only revokes', { playbook: 'revoke', events: [] }, 'revoke'],
  [
    'an override to revoke at once',
    {
      events: [uses('app')],
      others: another,
      policy: { exposures: { internal: { production: { revoke: 'now' } } } },
    },
    'revoke',
  ],
]

describe('the leaked key', () => {
  it.each(table)('%s', async (_, situation, expected) => {
    const { run, store } = await stage(situation)
    const held = await heldBack(run, await assess(run))
    await store.close()
    expect(held?.status ?? 'revoke', held?.evidence).toBe(expected)
  })

  it('waits no longer than its deadline', async () => {
    const { run, store } = await stage({
      exposure: 'public',
      events: [uses('app'), issued, done('verify'), is('app', 'failed'), deadline(15)],
    })
    expect(await heldBack(run, await assess(run))).toMatchObject({
      status: 'waiting',
      retryAt: openedAt + 15 * minute,
    })
    await store.close()
  })
})

describe('an approval', () => {
  const asked = { events: [uses('app')] }

  it('is for one plan and for some time', async () => {
    const yes = await stage({ ...asked, options: { ask: () => Promise.resolve(true) } })
    expect(await approve.run(yes.run)).toMatchObject({ status: 'done' })
    const approvals = yes.run.recorder.state.approvals.map(
      (data): JournalEvent => ({ kind: 'approval', data }),
    )
    await yes.store.close()
    const outcomes = async (more: Situation) => {
      const { run, store } = await stage({ events: [uses('app'), ...approvals], ...more })
      const outcome = await approve.run(run)
      await store.close()
      return outcome.status
    }
    expect(await outcomes({})).toBe('done')
    expect(await outcomes({ after: 24 * 60 * minute - 1 }), 'a day').toBe('done')
    expect(await outcomes({ after: 24 * 60 * minute }), 'expired').toBe('person')
    expect(await outcomes({ options: { revokeNow: true } }), 'another plan').toBe('person')
    expect(
      await outcomes({ options: { waivers: new Map([[targetOf('app'), 'off']]) } }),
      'another plan',
    ).toBe('person')
    expect(await outcomes({ options: { addConsumers: [consumer('web')] } }), 'another plan').toBe('person')
    expect(await outcomes({ exposure: 'shared' }), 'another plan').toBe('person')
    expect(
      await outcomes({ entry: { consumers: [consumer('app', { reload: undefined })] }, events: approvals }),
      'only read back',
    ).toBe('person')
  })

  it('that has expired or was for another plan does not let anything be issued', async () => {
    const stale: JournalEvent = {
      kind: 'approval',
      data: { planHash: 'other', by: 'ann', expiresAt: '2099-01-01T00:00:00.000Z' },
    }
    const { run, store } = await stage({ events: [uses('app'), stale, done('approve')] })
    expect(await issue.run(run)).toMatchObject({
      status: 'person',
      evidence: expect.stringContaining('--yes') as string,
    })
    expect(run.recorder.state.attempts).toEqual([])
    await store.close()
  })

  it.each([
    ['internal asks', asked, 'person'],
    [
      'internal asks past its deadline too',
      { events: [uses('app'), deadline(60)], after: 61 * minute },
      'person',
    ],
    ['shared asks', { ...asked, exposure: 'shared' }, 'person'],
    [
      'shared past its deadline has been approved by it',
      { exposure: 'shared', events: [uses('app'), deadline(60)], after: 61 * minute },
      'done',
    ],
    ['public does not ask', { ...asked, exposure: 'public' }, 'done'],
    ['local asks', { ...asked, exposure: 'local' }, 'person'],
    [
      'local asks whatever an override says',
      { ...asked, exposure: 'local', policy: { exposures: { local: { production: { ask: false } } } } },
      'person',
    ],
    ['--yes', { ...asked, options: { yes: true } }, 'done'],
    ['a person who declines', { ...asked, options: { ask: () => Promise.resolve(false) } }, 'person'],
  ] as const satisfies readonly (readonly [string, Situation, string])[])(
    '%s',
    async (_, situation, status) => {
      const { run, store } = await stage(situation)
      expect((await approve.run(run)).status).toBe(status)
      await store.close()
    },
  )

  it('is asked for at a terminal where a consumer can only be read back, also on public', async () => {
    let times = 0
    const ask = () => Promise.resolve(++times > 0)
    const bare = consumer('app', { reload: undefined })
    const list: JournalEvent = {
      kind: 'consumers',
      data: { known: true, list: [{ spec: bare, target: targetOf('app') }] },
    }
    const { run, store } = await stage({
      exposure: 'public',
      events: [list],
      entry: { consumers: [bare] },
      options: { ask },
    })
    expect(await approve.run(run)).toMatchObject({ status: 'done' })
    expect([times, run.recorder.state.approvals.length]).toEqual([1, 1])
    await store.close()
  })
})
