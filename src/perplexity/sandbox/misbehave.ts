import { type Bend, failure, type Reply, unauthorised } from './api.ts'
import type { Fault, FaultKind } from './types.ts'

/** What goes out on the wire for one call. */
export type Outcome =
  | { readonly send: 'reply'; readonly reply: Reply }
  | {
      readonly send: 'part'
      readonly reply: Reply /** Of the body; null: half. */
      readonly bytes: number | null
    }
  | { readonly send: 'garbage' }
  | { readonly send: 'reset' }
  | { readonly send: 'nothing' }

/** Has the call's effect, and says what it would be answered with. */
type Act = (bend?: Partial<Bend>) => Reply
type Sleep = (ms: number) => Promise<void>
type Behaviour = (fault: Fault, act: Act, sleep: Sleep) => Outcome | Promise<Outcome>

/** Plays one fault, or none, around a call. */
export async function misbehave(
  fault: Fault | null,
  effect: (bend: Bend) => Reply,
  sleep: Sleep,
): Promise<Outcome> {
  const act: Act = (bend = {}) => effect({ activationMs: 0, revocationMs: 0, ineffective: false, ...bend })
  return fault === null ? reply(act()) : await behaviours[fault.kind](fault, act, sleep)
}

const behaviours = {
  'reset-before': () => ({ send: 'reset' }),
  'reset-after': (_fault, act) => {
    act()
    return { send: 'reset' }
  },
  hang: ({ when = 'after' }, act) => {
    if (when === 'after') act()
    return { send: 'nothing' }
  },
  status: (fault, act) => {
    if (fault.when === 'after') act()
    return reply(withStatus(fault))
  },
  redirect: ({ status = 302 }) => reply({ status, body: '', headers: { location: '/elsewhere' } }),
  truncate: ({ bytes = null }, act) => ({ send: 'part', reply: act(), bytes }),
  garbage: (_fault, act) => {
    act()
    return { send: 'garbage' }
  },
  delay: async ({ ms = 0 }, act, sleep) => {
    await sleep(ms)
    return reply(act())
  },
  'slow-activation': ({ ms = 0 }, act) => reply(act({ activationMs: ms })),
  'slow-revocation': ({ ms = 0 }, act) => reply(act({ revocationMs: ms })),
  'ineffective-revocation': (_fault, act) => reply(act({ ineffective: true })),
  'credits-gone': () => reply(unauthorised()),
  retired: () => reply(failure(404, 'not_found', 'Not Found')),
} satisfies Record<FaultKind, Behaviour> as Record<FaultKind, Behaviour>

function reply(reply: Reply): Outcome {
  return { send: 'reply', reply }
}

function withStatus({ status = 500, retryAfter }: Fault): Reply {
  const answer =
    status < 400 ? { status, body: {} } : failure(status, 'sandbox_fault', 'Asked for by the sandbox.')
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(retryAfter) } }
}
