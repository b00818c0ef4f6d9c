import { describe, expect, it } from 'vitest'
import { RespondError } from '../../src/respond/errors.ts'
import { checkPlaybook, loadPlaybook } from '../../src/respond/playbook.ts'
import {
  type Cell,
  cellOf,
  type Column,
  columnOf,
  loadPolicy,
  milliseconds,
  worse,
} from '../../src/respond/policy.ts'
import type { Exposure } from '../../src/respond/types.ts'

const hour = 3_600_000
const minute = 60_000

/** RESPONSE.md, When to revoke: how revoking begins, the deadline, what happens then, whether a person is asked before. */
const table: readonly [Exposure, Column, Cell['revoke'], number | null, Cell['atDeadline'], boolean][] = [
  ['local', 'noConsumer', 'block', null, undefined, true],
  ['local', 'notProduction', 'block', null, undefined, true],
  ['local', 'production', 'block', null, undefined, true],
  ['local', 'management', 'block', null, undefined, true],
  ['internal', 'noConsumer', 'now', null, undefined, true],
  ['internal', 'notProduction', 'confirmed', 12 * hour, 'ask', true],
  ['internal', 'production', 'confirmed', 24 * hour, 'ask', true],
  ['internal', 'management', 'confirmed', 4 * hour, 'ask', true],
  ['shared', 'noConsumer', 'now', null, undefined, true],
  ['shared', 'notProduction', 'confirmed', 30 * minute, 'revoke', true],
  ['shared', 'production', 'confirmed', 60 * minute, 'revoke', true],
  ['shared', 'management', 'confirmed', 30 * minute, 'revoke', true],
  ['public', 'noConsumer', 'now', null, undefined, false],
  ['public', 'notProduction', 'confirmed', 5 * minute, 'revoke', false],
  ['public', 'production', 'confirmed', 15 * minute, 'revoke', false],
  ['public', 'management', 'confirmed', 5 * minute, 'revoke', false],
]

describe('the shipped policy', () => {
  const policy = loadPolicy()

  it.each(table)('%s, %s: %s', (exposure, column, revoke, deadline, atDeadline, ask) => {
    const cell = cellOf(policy, exposure, column)
    expect([
      cell.revoke,
      cell.deadline === undefined ? null : milliseconds(cell.deadline),
      cell.atDeadline,
      cell.ask,
    ]).toEqual([revoke, deadline, atDeadline, ask])
  })

  it('has no cell that the table does not have', () => {
    expect(Object.values(policy.exposures).flatMap((row) => Object.keys(row)).length).toBe(table.length)
  })

  it('never gives a worse exposure more time', () => {
    for (const column of ['notProduction', 'production', 'management'] as const) {
      const times = (['public', 'shared', 'internal'] as const).map((exposure) =>
        milliseconds(cellOf(policy, exposure, column).deadline ?? ''),
      )
      expect(times).toEqual([...times].sort((a, b) => a - b))
    }
  })

  it('drains as DETAILS says', () => {
    expect(Object.entries(policy.drain).map(([name, text]) => [name, milliseconds(text)])).toEqual([
      ['local', 0],
      ['internal', hour],
      ['shared', 5 * minute],
      ['public', 0],
    ])
    expect([policy.leakedKeyMayIssue, milliseconds(policy.approvalExpires)]).toEqual([true, 24 * hour])
  })
})

describe('which column', () => {
  const key = (environment: 'production' | 'ci', management = false) => ({ environment, management })
  it.each([
    ['a key that nobody uses', key('production'), { known: true, count: 0 }, 'noConsumer'],
    ['a missing list counts as production', key('production'), { known: false, count: 0 }, 'production'],
    [
      'a missing list of a key that is not production',
      key('ci'),
      { known: false, count: 0 },
      'notProduction',
    ],
    ['production', key('production'), { known: true, count: 2 }, 'production'],
    ['not production', key('ci'), { known: true, count: 1 }, 'notProduction'],
    ['a management key, whoever uses it', key('production', true), { known: true, count: 0 }, 'management'],
    ['a key that is not in the inventory', null, { known: true, count: 1 }, 'production'],
  ] as const)('%s', (_, entry, consumers, column) => {
    expect(columnOf(entry, consumers)).toBe(column)
  })
})

it('the worse of two exposures wins, whichever comes first', () => {
  const order = ['local', 'internal', 'shared', 'public'] as const
  for (const [a, one] of order.entries())
    for (const [b, other] of order.entries()) expect(worse(one, other)).toBe(order[Math.max(a, b)])
})

describe('overrides of the operator', () => {
  it('change what they name and nothing else', () => {
    const shipped = loadPolicy()
    const policy = loadPolicy({
      leakedKeyMayIssue: false,
      drain: { shared: '90s' },
      exposures: { public: { production: { deadline: '2m' } } },
    })
    expect(policy.leakedKeyMayIssue).toBe(false)
    expect(policy.drain).toEqual({ ...shipped.drain, shared: '90s' })
    expect(policy.exposures.public.production).toEqual({
      ...shipped.exposures.public.production,
      deadline: '2m',
    })
    expect(policy.exposures.public.management).toEqual(shipped.exposures.public.management)
    expect(loadPolicy(), 'the shipped one stays as it is').toEqual(shipped)
  })

  it.each([
    [{ exposures: { public: { production: { deadline: 'soon' } } } }, 'exposures.public.production.deadline'],
    [{ exposures: { public: { production: { revoke: 'never' } } } }, 'exposures.public.production.revoke'],
    [{ exposures: { secret: {} } }, 'secret'],
    [{ exposures: { local: { noConsumer: { atDeadline: 'revoke' } } } }, 'exposures.local.noConsumer'],
    [{ exposures: { local: { noConsumer: { deadline: '1h' } } } }, 'exposures.local.noConsumer'],
    [{ exposures: { public: { production: { asks: true } } } }, 'asks'],
    [{ drain: { public: 5 } }, 'drain.public'],
    [{ approvalExpires: '-1h' }, 'approvalExpires'],
    [{ leakedKeyMayIssue: 'yes' }, 'leakedKeyMayIssue'],
    ['everything', 'policy'],
  ])('%j is refused with its place', (overrides, place) => {
    const error = failureOf(() => loadPolicy(overrides))
    expect(error).toMatchObject({ code: 'policy', exitCode: 2 })
    expect(error.message).toContain(place)
  })
})

describe('a playbook', () => {
  it.each(['compromise', 'revoke'])(
    '%s is shipped, opens first, closes last, and revokes after approve',
    (name) => {
      const steps = loadPlaybook(name).steps
      expect(steps[0]?.step).toBe('open')
      expect(steps.at(-1)?.step).toBe('close')
      expect(steps.find((one) => one.step === 'revoke')?.after).toContain('approve')
      expect(steps.find((one) => one.step === 'close')?.after).toContain('prove')
    },
  )

  it('that nobody wrote is named', () => {
    expect(failureOf(() => loadPlaybook('rotation'))).toMatchObject({ code: 'playbook', exitCode: 2 })
  })

  it.each([
    [
      'a step before what it comes after',
      [{ step: 'open' }, { step: 'revoke', after: ['prove'] }, { step: 'prove', after: ['open'] }],
    ],
    ['a step twice', [{ step: 'open' }, { step: 'open' }]],
    ['a step after itself', [{ step: 'open', after: ['open'] }]],
    ['a step after one that is missing', [{ step: 'open' }, { step: 'deliver', after: ['issue'] }]],
    ['a step that nobody knows', [{ step: 'celebrate' }]],
  ])('with %s is refused', (_, steps) => {
    expect(failureOf(() => checkPlaybook({ name: 'wrong', steps }))).toMatchObject({
      code: 'playbook',
      exitCode: 2,
    })
  })
})

function failureOf(work: () => unknown): RespondError {
  try {
    work()
  } catch (error) {
    if (error instanceof RespondError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
