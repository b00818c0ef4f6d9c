import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { findByFingerprint, findKey, listKeys } from '../../inventory/index.ts'
import { nearest } from '../../config/nearest.ts'
import type { KeyEntry } from '../../inventory/types.ts'
import type { PlaybookName } from '../../respond/playbook.ts'
import { loadIncident } from '../../respond/recorder.ts'
import type { Target } from '../../respond/responder.ts'
import type { Services } from '../../respond/run.ts'
import type { IncidentState } from '../../respond/types.ts'
import type { Secret } from '../../secret/index.ts'
import { incidentById, listIncidents } from '../../store/incidents.ts'
import { askYesNo } from '../prompt.ts'
import type { Arguments } from '../types.ts'
import { exposedSinceOf, exposureOf } from './options.ts'

export type Found =
  | { readonly kind: 'ended'; readonly state: IncidentState }
  | { readonly kind: 'target'; readonly target: Target; readonly incident: string | null }
  /** Not in the inventory and nobody said whose it is: nothing is done. */
  | { readonly kind: 'unknown'; readonly message: string; readonly hint: string }

/** What the words of the command line mean: incident id, exact name, fingerprint prefix, in this order; or a token. */
export async function targetOf(
  services: Services,
  context: Context,
  args: Arguments,
  leaked: Secret | null,
  playbook: PlaybookName = 'compromise',
): Promise<Found> {
  const [word] = args.operands
  if (word !== undefined) return await byWord(services, args, word, leaked, playbook)
  if (leaked === null)
    throw new UsageError('which key?', 'name an incident, a key or a fingerprint, or give --token-stdin')
  return await byToken(services, context, args, leaked, playbook)
}

async function byWord(
  services: Services,
  args: Arguments,
  word: string,
  leaked: Secret | null,
  playbook: PlaybookName,
): Promise<Found> {
  const { db } = services.store
  const byId = await incidentById(db, word)
  const [byName] = byId === undefined && !args.has('new') ? await listIncidents(db, { name: word }) : []
  const prefix = /^(?:sha256:)?([0-9a-f]{8,64})$/i.exec(word)?.[1]?.toLowerCase()
  const [byPrint] =
    byId === undefined && byName === undefined && prefix !== undefined && !args.has('new')
      ? await listIncidents(db, { fingerprintPrefix: `sha256:${prefix}` })
      : []
  const row = byId ?? byName ?? byPrint
  if (row !== undefined) {
    const state = await loadIncident(db, row.id)
    refuseOther(state.fingerprint, leaked, word)
    if (state.closedAt !== null) return { kind: 'ended', state }
    const key = state.keyId === null ? null : await services.keys.byId(state.keyId)
    const facts = exposureOf(args)
    return {
      kind: 'target',
      incident: row.id,
      target: {
        fingerprint: state.fingerprint,
        masked: state.masked,
        secret: leaked,
        key,
        exposure: facts ?? state.exposure,
        exposureReason: facts === null ? state.exposureReason : 'said with --exposure',
        exposedSince: exposedSinceOf(args),
        occurrences: [],
        playbook: state.playbook as PlaybookName,
      },
    }
  }
  const key = await findKey(db, word)
  if (key?.fingerprint === undefined || key.fingerprint === null) throw await unknownWord(services, word)
  refuseOther(key.fingerprint, leaked, word)
  const secret = leaked ?? (await services.keys.read(key))
  return { kind: 'target', incident: null, target: newTarget(args, key.fingerprint, secret, key, playbook) }
}

async function byToken(
  services: Services,
  context: Context,
  args: Arguments,
  leaked: Secret,
  playbook: PlaybookName,
): Promise<Found> {
  const { db } = services.store
  const [newest] = await listIncidents(db, { fingerprintPrefix: leaked.fingerprint })
  if (newest !== undefined && newest.ended === 1 && !args.has('new'))
    return { kind: 'ended', state: await loadIncident(db, newest.id) }
  const key = await findByFingerprint(db, leaked.fingerprint)
  const target = (entry: KeyEntry | null, how: PlaybookName): Found => ({
    kind: 'target',
    incident: newest?.ended === 0 ? newest.id : null,
    target: newTarget(args, leaked.fingerprint, leaked, entry, how),
  })
  if (
    key !== null ||
    newest?.ended === 0 ||
    (playbook === 'revoke' && args.has('yes') && args.has('not-mine'))
  )
    return target(key, playbook)
  if (args.has('not-mine')) return target(null, 'revoke')
  if (args.has('plan') && args.has('mine')) return target(null, playbook)
  const mine =
    args.has('mine') || (await askYesNo(context, `${leaked.masked} is not in the inventory. Is it ours?`))
  if (!mine || args.has('plan')) {
    return {
      kind: 'unknown',
      message: `${leaked.masked} is not in the inventory: nothing was revoked`,
      hint: "is it ours? --mine takes it in and responds (with --to, say where it is used); --not-mine revokes a stranger's key",
    }
  }
  const name = `adopted-${leaked.fingerprint.slice(7, 15)}`
  const entry = await services.store.transaction((tx) => services.keys.adopt(tx, leaked, name))
  return target(entry, playbook)
}

function newTarget(
  args: Arguments,
  fingerprint: Target['fingerprint'],
  secret: Secret | null,
  key: KeyEntry | null,
  playbook: PlaybookName,
): Target {
  const exposure = exposureOf(args)
  return {
    fingerprint,
    masked: secret?.masked ?? `pplx-… [${fingerprint.slice(7, 15)}]`,
    secret,
    key,
    exposure: exposure ?? 'internal',
    exposureReason: exposure === null ? 'nothing is known; --exposure says it' : 'said with --exposure',
    exposedSince: exposedSinceOf(args),
    occurrences: [],
    playbook,
  }
}

function refuseOther(fingerprint: string, leaked: Secret | null, word: string): void {
  if (leaked === null || leaked.fingerprint === fingerprint) return
  throw new UsageError(
    `the key that was given (${leaked.masked}) is not the one ${word} is about [${fingerprint.slice(7, 15)}]`,
    'give the key alone, without a name, to respond to it',
  )
}

async function unknownWord(services: Services, word: string): Promise<UsageError> {
  const names = (await listKeys(services.store.db)).map((one) => one.name)
  const close = nearest(word, names)
  return new UsageError(
    `no incident, key or fingerprint ${word}`,
    close === undefined
      ? 'pplx-warden inventory list shows the keys, pplx-warden incident list the incidents'
      : `did you mean ${close}?`,
  )
}
