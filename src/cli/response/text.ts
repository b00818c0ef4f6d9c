import { loadPlaybook } from '../../respond/playbook.ts'
import { resultOf } from '../../respond/result.ts'
import { exitCodeOf, statusOf } from '../../respond/status.ts'
import type { IncidentState, StepRecord } from '../../respond/types.ts'
import { showDuration } from '../durations.ts'

const statusText = {
  closed: 'closed: replaced, revoked and proven dead, nothing is left to do',
  contained: 'contained: the leaked key is proven dead; something is left to do',
  open: 'open: the leaked key is not proven dead yet',
  'needs-human': 'needs a person: the leaked key is not proven dead and nothing goes on by itself',
} as const

/** What a tired person has to know: where it stands, what is left, the exact next command. */
export function incidentText(state: IncidentState): string {
  const status = statusOf(state)
  const lines = [
    `Incident  ${state.id}  ${state.keyName} ${state.masked}`,
    `Status    ${state.playbook === 'revoke' && status === 'closed' ? 'closed: revoked and proven dead' : statusText[status]}`,
    `Exposure  ${state.exposure} (${state.exposureReason})`,
  ]
  if (state.replacement !== null)
    lines.push(`New key   ${state.replacement.name} [${state.replacement.fingerprint.slice(7, 15)}]`)
  lines.push(...timesOf(state))
  if (state.consumers.length > 0) {
    lines.push('', 'Applications')
    for (const one of state.consumers) lines.push(`  ${one.status.padEnd(10)} ${one.target}  ${one.evidence}`)
  }
  const steps = [...state.steps.values()].filter((one) => one.status !== 'done' && one.status !== 'skipped')
  if (steps.length > 0 && status !== 'closed') {
    lines.push('', 'Not finished')
    for (const one of steps) lines.push(`  ${one.name.padEnd(10)} ${one.status}: ${one.evidence}`)
  }
  if (state.obligations.length > 0) {
    lines.push('', 'Must still happen')
    for (const one of state.obligations) lines.push(`  - ${one.detail}`)
  }
  if (state.followUps.length > 0) {
    lines.push('', 'To do for a person (holds nothing back)')
    for (const one of state.followUps) lines.push(`  - ${one.detail}`)
  }
  if (exitCodeOf(state) !== 0) lines.push('', nextAction(state))
  return `${lines.join('\n')}\n`
}

/** Whenever a response leaves before the end: the next action, its time and the exact command. */
export function nextAction(state: IncidentState): string {
  const command = `pplx-warden respond ${state.id}`
  const waiting = [...state.steps.values()].filter((one) => one.status === 'waiting' && one.retryAt !== null)
  const [next] = waiting.sort((a, b) => (a.retryAt ?? '').localeCompare(b.retryAt ?? ''))
  if (next !== undefined) return `Next: ${next.name} at ${next.retryAt ?? ''}; run \`${command}\` then`
  return `Next: do what is listed above, then run \`${command}\``
}

export function incidentJson(state: IncidentState): unknown {
  return resultOf(state, loadPlaybook(state.playbook))
}

function timesOf(state: IncidentState): string[] {
  const opened = Date.parse(state.openedAt)
  const at = (head: string, time: string | null | undefined): string[] =>
    time === null || time === undefined
      ? []
      : [`${head.padEnd(9)} ${time}  +${showDuration(Date.parse(time) - opened)}`]
  const finished = (record: StepRecord | undefined): string | null =>
    record?.status === 'done' ? record.finishedAt : null
  return [
    `Opened    ${state.openedAt}`,
    ...at('Issued', finished(state.steps.get('issue'))),
    ...at('Delivered', finished(state.steps.get('confirm'))),
    ...at('Revoked', state.revokedAt),
    ...at('Proven', state.provenAt),
  ]
}
