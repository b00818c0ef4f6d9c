import type { Secret } from '../../secret/index.ts'
import { salvage } from '../../perplexity/reply.ts'
import { authorisers } from '../authorisers.ts'
import type { Run, Step } from '../run.ts'
import { assess } from '../assess.ts'
import type { IncidentState, IssueAttempt, JournalEvent, Outcome } from '../types.ts'
import { approve, stillApproved } from './approve.ts'
import { backOff } from './back-off.ts'

/** After this many calls of which nobody knows what became, issuing stops and a person is asked. */
const mostAmbiguous = 3

/**
 * Once: the intent is committed before the first byte leaves, the reply is sealed before it is parsed, and an intent
 * without an outcome is looked into (escrow), never just run again (RESPONSE.md, invariants 1 and 2).
 */
export const issue: Step = {
  id: 'issue',
  kind: 'once',

  async reconcile(run) {
    for (const attempt of run.recorder.state.attempts.filter((one) => one.outcome === null)) {
      const secret = await sealedToken(run, attempt)
      if (secret !== null && (await isNew(run, secret)))
        return await adopt(run, attempt, secret, 'found in escrow after an interruption')
      await declareOrphan(run, attempt, 'the process ended between asking and sealing the answer')
    }
    return null
  },

  async run(run) {
    const { state } = run.recorder
    if (state.replacement !== null)
      return { status: 'done', evidence: `issued ${state.replacement.fingerprint.slice(7, 15)}` }
    const managed = (await assess(run)).column === 'management'
    if (state.consumers.length === 0 && !managed)
      return { status: 'skipped', evidence: 'nobody uses this key' }
    if (!(await stillApproved(run))) {
      const asked = await approve.run(run)
      if (asked.status !== 'done') return asked
    }
    if (run.options.replacement !== null) return await takeOver(run, run.options.replacement)
    if (state.consumers.length === 0) return managementFirst
    if (ambiguous(state) >= mostAmbiguous) {
      return {
        status: 'person',
        evidence: `${ambiguous(state)} calls were answered by nothing readable; make a key in the console and hand it in with --replacement-stdin`,
      }
    }
    return await issueOne(run)
  },
}

/** Issuing one and writing its locator is not built yet: nothing is half done. */
const managementFirst: Outcome = {
  status: 'person',
  evidence:
    'a management key is replaced before it is revoked: make a new one in the console, put it where this one is read from, and hand it in with --replacement-stdin',
}

async function issueOne(run: Run): Promise<Outcome> {
  const forgotten = await forgottenReply(run)
  if (forgotten !== null) return forgotten
  const tried: string[] = []
  for await (const authoriser of authorisers(run, 'issue')) {
    const result = await attemptWith(run, authoriser)
    if (result.next !== 'authoriser') return result.outcome
    tried.push(`${authoriser.label}: ${result.outcome.evidence}`)
  }
  return {
    status: 'person',
    evidence:
      tried.length === 0
        ? 'no key can authorise issuing a replacement: give a management key, or --replacement-stdin'
        : `key generation fails, every authoriser was refused (${tried.join('; ')}): make a key in the console and use --replacement-stdin; when all keys of the account are refused: credits or account status`,
  }
}

/** Escrow knows of a call that the journal does not: it came back from a backup (invariant 2). */
async function forgottenReply(run: Run): Promise<Outcome | null> {
  const attempt = nextAttempt(run)
  if ((await run.services.escrow.read(run.recorder.state.id, attempt.attempt)) === null) return null
  await run.recorder.record([
    { kind: 'issue-intent', data: { ...attempt, authoriser: 'not remembered: found in escrow' } },
  ])
  return (await issue.reconcile?.(run)) ?? (await forgottenReply(run))
}

async function attemptWith(
  run: Run,
  authoriser: { label: string; secret: Secret },
): Promise<{ outcome: Outcome; next: 'authoriser' | 'stop' }> {
  const { escrow, client, at, context } = run.services
  const attempt = nextAttempt(run)
  const slot = await escrow.reserve({
    incident: run.recorder.state.id,
    attempt: attempt.attempt,
    tokenName: attempt.tokenName,
  })
  await run.recorder.record([
    {
      kind: 'issue-intent',
      data: { attempt: attempt.attempt, tokenName: attempt.tokenName, authoriser: authoriser.label },
    },
  ])
  at('issue:intent-recorded')
  let result: Awaited<ReturnType<typeof client.issue>>
  try {
    result = await client.issue({
      authoriser: authoriser.secret,
      tokenName: attempt.tokenName,
      sealReply: async (raw) => {
        at('issue:reply-received')
        await slot.sealReply(raw)
        at('issue:reply-sealed')
      },
    })
  } catch (error) {
    // The reply could not be sealed, so nobody may read it: what is in it must not be forgotten.
    const sealed = await sealedToken(run, attempt).catch(() => null)
    if (sealed !== null)
      return { outcome: await adopt(run, attempt, sealed, 'found in escrow'), next: 'stop' }
    await declareOrphan(
      run,
      attempt,
      error instanceof Error ? error.message : 'the reply could not be sealed',
    )
    throw error
  }
  const asked = authoriser.secret.fingerprint
  if (result.outcome === 'done' && (await isNew(run, result.secret, asked)))
    return { outcome: await adopt(run, attempt, result.secret, result.signal.detail), next: 'stop' }
  if (result.outcome === 'done' || result.outcome === 'ambiguous') {
    const salvaged = result.outcome === 'ambiguous' ? result.salvaged : null
    if (salvaged !== null && (await isNew(run, salvaged, asked)))
      return {
        outcome: await adopt(run, attempt, salvaged, `salvaged (${result.signal.detail})`),
        next: 'stop',
      }
    await declareOrphan(run, attempt, result.signal.detail)
    const stop = ambiguous(run.recorder.state) >= mostAmbiguous
    const evidence = `nobody knows whether ${attempt.tokenName} was made (${result.signal.detail})`
    return {
      outcome: {
        status: stop ? 'person' : 'waiting',
        evidence,
        ...(stop ? {} : { retryAt: context.clock.now() + 1000 }),
      },
      next: 'stop',
    }
  }
  await run.recorder.record([
    {
      kind: 'issue-outcome',
      data: {
        attempt: attempt.attempt,
        outcome: 'not-done',
        fingerprint: null,
        evidence: result.signal.detail,
      },
    },
  ])
  slot.release()
  const evidence = `${result.signal.detail}; ${result.hint}`
  switch (result.next) {
    case 'authoriser':
      return { outcome: { status: 'person', evidence: result.signal.detail }, next: 'authoriser' }
    case 'retry':
      return {
        outcome: {
          status: 'waiting',
          evidence,
          retryAt: context.clock.now() + backOff(run, run.recorder.state.attempts, result.signal.retryAfter),
        },
        next: 'stop',
      }
    case 'permanent':
      return { outcome: { status: 'person', evidence }, next: 'stop' }
    case 'misconfigured':
      return { outcome: { status: 'failed', evidence }, next: 'stop' }
  }
}

/** The token's own file, the store's entry and the journal's outcome, in this order: each is enough to go on from. */
async function adopt(
  run: Run,
  attempt: Pick<IssueAttempt, 'attempt' | 'tokenName'>,
  secret: Secret,
  evidence: string,
): Promise<Outcome> {
  const { escrow, keys, at } = run.services
  const { state } = run.recorder
  await escrow.sealToken(
    { incident: state.id, attempt: attempt.attempt, purpose: 'replacement', tokenName: attempt.tokenName },
    secret,
  )
  at('issue:token-sealed')
  const old = state.keyId === null ? null : await keys.byId(state.keyId)
  await run.recorder.record(
    [
      {
        kind: 'issue-outcome',
        data: { attempt: attempt.attempt, outcome: 'done', fingerprint: secret.fingerprint, evidence },
      },
      {
        kind: 'replacement',
        data: { fingerprint: secret.fingerprint, name: state.keyName, attempt: attempt.attempt },
      },
      ...stillOrphaned(state, attempt.tokenName),
    ],
    async (tx) => {
      if (old !== null) await keys.stage(tx, old, secret, state.id)
    },
  )
  at('issue:outcome-recorded')
  run.replacement = secret
  return { status: 'done', evidence: `issued ${secret.masked} as ${attempt.tokenName}` }
}

/** An answer may echo the key that asked, or another that is known: that is no replacement. */
async function isNew(run: Run, secret: Secret, authoriser?: string): Promise<boolean> {
  const { fingerprint, keyId } = run.recorder.state
  if (secret.fingerprint === fingerprint || secret.fingerprint === authoriser) return false
  const { keys, management } = run.services
  if ((await management())?.fingerprint === secret.fingerprint) return false
  const entry = await keys.byFingerprint(secret.fingerprint)
  return entry === null || (entry.status === 'staged' && entry.replaces === keyId)
}

/** A key made in the console by a person: sealed and recorded like an issued one. */
async function takeOver(run: Run, secret: Secret): Promise<Outcome> {
  if (secret.fingerprint === run.recorder.state.fingerprint) {
    return { status: 'person', evidence: 'the key handed in as the replacement is the leaked one' }
  }
  if (!(await isNew(run, secret))) {
    return {
      status: 'person',
      evidence: `the key handed in (${secret.masked}) is in use or revoked already: make a new one`,
    }
  }
  const probe = await run.services.client.probe(secret)
  if (probe.answer !== 'accepted') {
    const evidence = `the key handed in (${secret.masked}) is not accepted: ${probe.signal.detail}; hand in one that works`
    return { status: 'person', evidence }
  }
  const attempt = nextAttempt(run)
  await run.recorder.record([
    {
      kind: 'issue-intent',
      data: {
        attempt: attempt.attempt,
        tokenName: attempt.tokenName,
        authoriser: 'a person, in the console',
      },
    },
  ])
  return await adopt(run, attempt, secret, 'handed in on standard input')
}

/** Its name stays a duty until a person has looked for it in the console: nobody can revoke a key whose value is lost. */
async function declareOrphan(
  run: Run,
  attempt: Pick<IssueAttempt, 'attempt' | 'tokenName'>,
  evidence: string,
): Promise<void> {
  const { state } = run.recorder
  const old = state.keyId === null ? null : await run.services.keys.byId(state.keyId)
  const detail = `a key named "${attempt.tokenName}" may exist that nobody holds: look for it in the console and delete it`
  await run.recorder.record(
    [
      {
        kind: 'issue-outcome',
        data: { attempt: attempt.attempt, outcome: 'ambiguous', fingerprint: null, evidence },
      },
      { kind: 'obligation', data: { kind: 'possible-orphan', subject: attempt.tokenName, detail } },
    ],
    async (tx) => {
      await run.services.keys.addOrphan(tx, old, attempt.tokenName, state.id)
    },
  )
}

async function sealedToken(run: Run, attempt: Pick<IssueAttempt, 'attempt'>): Promise<Secret | null> {
  const sealed = await run.services.escrow.read(run.recorder.state.id, attempt.attempt)
  if (sealed === null) return null
  return sealed.content === 'token' ? sealed.secret : salvage(sealed.raw)
}

/** `token_name` = `NAME inc-… rN aM`, cut to 100 characters with the id kept (DETAILS, Responses). */
function nextAttempt(run: Run): { attempt: string; tokenName: string } {
  const { id, keyName, attempts } = run.recorder.state
  const number = attempts.length + 1
  const tail = ` ${id} r1 a${number}`
  return {
    attempt: `r1a${number}`,
    tokenName: `${Array.from(keyName)
      .slice(0, 100 - tail.length)
      .join('')}${tail}`,
  }
}

function ambiguous(state: IncidentState): number {
  return state.attempts.filter((one) => one.outcome === 'ambiguous').length
}

function stillOrphaned(state: IncidentState, tokenName: string): JournalEvent[] {
  return state.obligations.some((one) => one.kind === 'possible-orphan' && one.subject === tokenName)
    ? [
        {
          kind: 'obligation-met',
          data: { kind: 'possible-orphan', subject: tokenName, by: 'found in escrow' },
        },
      ]
    : []
}
