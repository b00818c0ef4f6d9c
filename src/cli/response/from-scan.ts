import { resolve } from 'node:path'
import type { Context } from '../../context.ts'
import type { Finding, Occurrence, ScanResult } from '../../pipeline/types.ts'
import { exposureOfRemotes, type ExposureFinding } from '../../respond/exposure.ts'
import { openOnly, respondTo, type Target } from '../../respond/responder.ts'
import type { Services } from '../../respond/run.ts'
import type { IncidentState, OccurrenceNote } from '../../respond/types.ts'
import { worse } from '../../respond/policy.ts'
import { repositoryFacts } from '../../sources/git/porcelain.ts'
import type { Arguments } from '../types.ts'
import { exposedSinceOf, exposureOf, responseOptions } from './options.ts'
import { openServices } from './services.ts'
import { incidentJson, incidentText } from './text.ts'

export interface ScanResponse {
  /** The `incident` object of each response result, in the order of the findings. */
  readonly incidents: readonly unknown[]
  readonly text: string
}

/**
 * Every finding that is ours and alive: one incident a key, however many places. Nothing is done about unknown keys.
 * `redact`: names of files and refs may hold tokens, and what is noted of them is kept.
 */
export async function respondToFindings(
  context: Context,
  args: Arguments,
  result: ScanResult,
  redact: (text: string) => string,
): Promise<ScanResponse> {
  const services = await openServices(context, args)
  const incidents: unknown[] = []
  const texts: string[] = []
  try {
    for (const finding of result.findings) {
      const answer = await answerTo(services, context, args, result, finding, redact)
      if (typeof answer === 'string') {
        texts.push(answer)
        continue
      }
      incidents.push((incidentJson(answer) as { incident: unknown }).incident)
      texts.push(incidentText(answer))
    }
  } finally {
    await services.store.close()
  }
  return { incidents, text: texts.join('\n') }
}

async function answerTo(
  services: Services,
  context: Context,
  args: Arguments,
  result: ScanResult,
  finding: Finding,
  redact: (text: string) => string,
): Promise<IncidentState | string> {
  const { masked } = finding.secret
  if (finding.key === null) {
    return `${masked} is not in the inventory: nothing was revoked. Is it ours? \`pplx-warden respond\` and paste it, with --mine or --not-mine.\n`
  }
  const key = await services.keys.byId(finding.key.id)
  if (key === null || key.status === 'revoked') return `${finding.key.name} ${masked} is revoked already.\n`
  const exposed = await exposureOfFinding(context, args, result, finding)
  if (exposed.exposure === 'local' && exposureOf(args) === null) {
    return `${key.name} ${masked} never left this machine (${exposed.reason}): nothing has to be revoked. \`pplx-warden respond ${key.name} --exposure internal\` replaces it all the same.\n`
  }
  const alive = await services.client.liveness(finding.secret, await services.management(), context.signal)
  if (alive.validity === 'dead') return `${key.name} ${masked} is dead already (${alive.detail}).\n`
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
  return args.has('open-incidents') && !args.has('respond')
    ? await openOnly(services, target)
    : await respondTo(services, target, responseOptions(context, args, null))
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
