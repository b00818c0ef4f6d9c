import { resolve } from 'node:path'
import type { Context } from '../../context.ts'
import { WardenError } from '../../errors.ts'
import type { Finding, Occurrence, ScanResult, Validity } from '../../pipeline/types.ts'
import type { Responses } from '../../report/types.ts'
import { exposureOfRemotes, type ExposureFinding } from '../../respond/exposure.ts'
import { openOnly, planOnly, respondTo, type Target } from '../../respond/responder.ts'
import type { Services } from '../../respond/run.ts'
import type { Secret } from '../../secret/index.ts'
import type { IncidentState, OccurrenceNote } from '../../respond/types.ts'
import { worse } from '../../respond/policy.ts'
import { repositoryFacts } from '../../sources/git/porcelain.ts'
import { isCounted } from '../scan/exit.ts'
import type { Arguments } from '../types.ts'
import { exposedSinceOf, exposureOf, responseOptions } from './options.ts'
import { openServices, planServices } from './services.ts'
import { planText } from './plan-text.ts'
import { incidentJson, incidentText } from './text.ts'

/**
 * Every finding that is ours and alive: one incident a key, however many places. Nothing is done about unknown keys.
 * `redact`: names of files and refs may hold tokens, and what is noted of them is kept.
 */
export async function respondToFindings(
  context: Context,
  args: Arguments,
  result: ScanResult,
  redact: (text: string) => string,
): Promise<Responses> {
  const services = args.has('plan') ? await planServices(context, args) : await openServices(context, args)
  const incidents: unknown[] = []
  const texts: string[] = []
  const validity = new Map<string, Validity>()
  try {
    for (const finding of result.findings.filter(isCounted)) {
      const {
        validity: found,
        state,
        text,
      } = await answerTo(services, context, args, result, finding, redact)
      validity.set(finding.fingerprint, found)
      texts.push(text)
      if (state !== null) incidents.push((incidentJson(state) as { incident: unknown }).incident)
    }
  } finally {
    await services.store.close()
  }
  return { incidents, text: texts.join('\n'), validity }
}

interface Answer {
  readonly validity: Validity
  /** null: no incident was opened, and `text` says why. */
  readonly state: IncidentState | null
  readonly text: string
}

async function answerTo(
  services: Services,
  context: Context,
  args: Arguments,
  result: ScanResult,
  finding: Finding,
  redact: (text: string) => string,
): Promise<Answer> {
  const { masked } = finding.secret
  if (finding.key === null) {
    return none(
      `${masked} is not in the inventory: nothing was revoked. Is it ours? \`pplx-warden respond\` and paste it, with --mine or --not-mine.`,
      finding.validity,
    )
  }
  const key = await services.keys.byId(finding.key.id)
  if (key === null || key.status === 'revoked')
    return none(`${finding.key.name} ${masked} is revoked already.`, finding.validity)
  const exposed = await exposureOfFinding(context, args, result, finding)
  if (exposed.exposure === 'local' && exposureOf(args) === null) {
    return none(
      `${key.name} ${masked} never left this machine (${exposed.reason}): nothing has to be revoked. \`pplx-warden respond '${key.name}' --exposure internal\` replaces it all the same.`,
    )
  }
  const alive = await services.client.liveness(
    finding.secret,
    await controlFor(services, key.account),
    context.signal,
  )
  if (alive.validity === 'dead')
    return { ...none(`${key.name} ${masked} is dead already (${alive.detail}).`), validity: 'dead' }
  const validity = alive.validity === 'alive' ? 'live' : 'unknown'
  const target: Target = {
    fingerprint: finding.fingerprint,
    masked,
    secret: finding.secret,
    key,
    exposure: exposed.exposure,
    exposureReason: redact(exposed.reason),
    exposedSince: exposedSinceOf(args) ?? finding.firstSeen,
    occurrences: finding.occurrences.map((one) => noteOf(one, redact)),
    playbook: 'compromise',
  }
  try {
    if (args.has('plan')) {
      const plan = await planOnly(services, target, responseOptions(context, args, null))
      return { validity, state: null, text: planText(plan) }
    }
    const openOnlyWanted = args.has('open-incidents') && !args.has('respond')
    const state = openOnlyWanted
      ? await openOnly(services, target)
      : await respondTo(services, target, responseOptions(context, args, null))
    return { validity: state.provenAt === null ? validity : 'dead', state, text: incidentText(state) }
  } catch (error) {
    if (!(error instanceof WardenError) || context.signal.aborted) throw error
    // The other findings are answered all the same.
    return {
      ...none(`The response for ${key.name} ${masked} did not finish: ${error.message}. ${error.hint ?? ''}`),
      validity,
    }
  }
}

/** Only a key of the same account says anything about a refusal. */
export async function controlFor(services: Services, account: string): Promise<Secret | null> {
  const secret = await services.management()
  if (secret === null) return null
  const entry = await services.keys.byFingerprint(secret.fingerprint)
  return (entry?.account ?? 'default') === account ? secret : null
}

function none(text: string, validity: Validity = 'unchecked'): Answer {
  return { validity, state: null, text: `${text.trim()}\n` }
}

/** The worst occurrence decides; a git history is as exposed as its remotes are. */
async function exposureOfFinding(
  context: Context,
  args: Arguments,
  result: ScanResult,
  finding: Finding,
): Promise<ExposureFinding> {
  const said = exposureOf(args)
  if (said !== null) return { exposure: said, reason: 'said with --exposure' }
  if (result.source === 'staged') return { exposure: 'local', reason: 'stopped before it was committed' }
  if (result.source === 'git') {
    const facts = await repositoryFacts(context, resolve(context.cwd, result.target))
    return await exposureOfRemotes(facts?.remotes ?? [], context)
  }
  if (finding.severity === 'low' && finding.occurrences.every((one) => one.surface === 'env-file')) {
    return { exposure: 'local', reason: 'an env file that git ignores' }
  }
  const level = finding.occurrences.some(
    (one) => one.surface === 'public-repository' || one.surface === 'client-side-code',
  )
    ? 'shared'
    : 'internal'
  return {
    exposure: worse('internal', level),
    reason: `found in ${finding.occurrences[0]?.surface ?? 'a scan'}`,
  }
}

function noteOf(occurrence: Occurrence, redact: (text: string) => string): OccurrenceNote {
  const { path, paths, line, ref, commit, introducedBy } = occurrence.location
  const name = path?.text ?? paths[0]?.text ?? ref ?? 'metadata'
  const since = commit?.id ?? introducedBy
  const where = `${name}${line === null ? '' : `:${line}`}${since === null || since === undefined ? '' : ` (${since.slice(0, 10)})`}`
  const wrapped = occurrence.encodings.length === 0 ? '' : ` [${occurrence.encodings.join(' in ')}]`
  return { surface: occurrence.surface, where: redact(`${where}${wrapped}`) }
}
