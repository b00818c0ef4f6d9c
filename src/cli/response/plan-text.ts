import type { Context } from '../../context.ts'
import type { planOnly } from '../../respond/responder.ts'

type Planned = Awaited<ReturnType<typeof planOnly>>

/** `--plan`: what would happen and what was looked at. */
export function writePlan(context: Context, plan: Planned, json: boolean): void {
  context.stdout.write(json ? `${JSON.stringify({ schemaVersion: 1, plan }, null, 2)}\n` : planText(plan))
}

export function planText(plan: Planned): string {
  const lines = [
    'Plan (nothing was changed)',
    ...plan.lines,
    ...plan.checks.map((check) => `Check     ${check}`),
  ]
  if (plan.blocked !== null) lines.push(`Blocked   ${plan.blocked.reason}: ${plan.blocked.hint}`)
  lines.push(plan.ask ? 'Approval  a person is asked; --yes approves' : 'Approval  policy does not ask')
  return `${lines.join('\n')}\n`
}
