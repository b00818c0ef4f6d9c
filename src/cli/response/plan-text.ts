import type { Context } from '../../context.ts'
import type { planOnly } from '../../respond/responder.ts'

/** `--plan`: what would happen and what was looked at. */
export function writePlan(context: Context, plan: Awaited<ReturnType<typeof planOnly>>, json: boolean): void {
  if (json) {
    context.stdout.write(`${JSON.stringify({ schemaVersion: 1, plan }, null, 2)}\n`)
    return
  }
  const lines = [
    'Plan (nothing was changed)',
    ...plan.lines,
    ...plan.checks.map((check) => `Check     ${check}`),
  ]
  if (plan.blocked !== null) lines.push(`Blocked   ${plan.blocked.reason}: ${plan.blocked.hint}`)
  lines.push(plan.ask ? 'Approval  a person is asked; --yes approves' : 'Approval  policy does not ask')
  context.stdout.write(`${lines.join('\n')}\n`)
}
