import { createHash } from 'node:crypto'
import { onlyReadBack } from '../consumers/programs.ts'
import { canonicalJson } from '../store/journal.ts'
import type { Assessment } from './assess.ts'
import type { Run } from './run.ts'
import type { IncidentState, Plan } from './types.ts'

/** What will happen, in at most twelve lines; its hash binds an approval to exactly this. */
export function makePlan(
  run: Run,
  assessed: Assessment,
  facts: { alive: string; authoriser: string | null },
): Plan {
  const { state } = run.recorder
  const { key, consumers, cell } = assessed
  const replaces = state.playbook !== 'revoke' && consumers.length > 0
  const readOnly = consumers.filter(({ spec }) => onlyReadBack(spec)).map(({ target }) => target)
  const owner =
    key === null || key.owners.length === 0 ? 'nobody named' : key.owners.map((one) => one.name).join(', ')
  const lines = [
    row(
      'Key',
      `${state.keyName} ${state.masked}, ${key?.environment ?? 'not in the inventory'}, owned by ${owner}`,
    ),
    row('Exposure', `${state.exposure} (${state.exposureReason}); the key is ${facts.alive}`),
    row('Found', foundText(state)),
    ...(replaces
      ? [
          row(
            'Issue',
            run.options.replacement === null
              ? `a replacement, authorised by ${facts.authoriser ?? 'nobody yet'}`
              : 'nothing: a replacement was handed in',
          ),
          row('Deliver', consumers.map(({ spec, target }) => `${spec.kind} ${target}`).join(', ')),
        ]
      : [row('Issue', state.playbook === 'revoke' ? 'nothing' : 'nothing: nobody uses this key')]),
    row('Revoke', revokeText(run, assessed, replaces)),
    ...(replaces && readOnly.length > 0
      ? [
          row(
            'Careful',
            `only read back, the running process may still hold the old key: ${readOnly.join(', ')}`,
          ),
        ]
      : []),
  ]
  const bound = {
    fingerprint: state.fingerprint,
    playbook: state.playbook,
    exposure: state.exposure,
    consumers: consumers.map(({ target }) => target).sort(),
    readOnly: [...readOnly].sort(),
    waivers: [...run.options.waivers.keys()].sort(),
    revoke: cell.revoke,
    revokeNow: run.options.revokeNow,
    replacement: run.options.replacement?.fingerprint ?? null,
  }
  return {
    hash: createHash('sha256').update(canonicalJson(bound)).digest('hex'),
    key: state.keyName,
    owner,
    exposure: state.exposure,
    exposureReason: state.exposureReason,
    alive: facts.alive,
    lines,
    ask: cell.ask || cell.revoke === 'block' || run.options.revokeNow,
    blocked: blockedBy(assessed),
  }
}

function row(head: string, text: string): string {
  return `${head.padEnd(9)} ${text}`
}

function foundText(state: IncidentState): string {
  const [first] = state.occurrences
  if (first === undefined) return 'handed in, no scan'
  const more = state.occurrences.length - 1
  return `${first.surface} ${first.where}${more === 0 ? '' : ` and ${more} more`}`
}

function revokeText(run: Run, { cell, drainMs, deadlineMs }: Assessment, replaces: boolean): string {
  if (run.options.revokeNow) return 'at once (--revoke-now), delivery goes on'
  if (!replaces || cell.revoke === 'now') return 'now, then proven dead'
  const drain = drainMs === 0 ? '' : ` and a drain of ${Math.round(drainMs / 1000)} s`
  const late =
    deadlineMs === null
      ? ''
      : `; after ${showMinutes(deadlineMs)} ${cell.atDeadline === 'revoke' ? 'in any case' : 'a person is asked'}`
  const local =
    cell.revoke === 'block'
      ? ' (it never left this machine: nothing has to be revoked; approving replaces it all the same)'
      : ''
  return `when every application is confirmed${drain}${late}, then proven dead${local}`
}

function showMinutes(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  return minutes > 90 && minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
}

function blockedBy({ consumersKnown }: Assessment): Plan['blocked'] {
  if (consumersKnown) return null
  return {
    reason: 'nobody said which applications use this key',
    hint: 'name them with --to dotenv:PATH:NAME or --to file:PATH, or write `consumers:` in the inventory file and import it (`consumers: []` when there are none)',
  }
}
