import { z } from 'zod'
import compromise from '../../rules/playbooks/compromise.yaml'
import revoke from '../../rules/playbooks/revoke.yaml'
import { RespondError } from './errors.ts'
import type { StepName } from './types.ts'

const stepNames = [
  'open',
  'triage',
  'preflight',
  'approve',
  'issue',
  'verify',
  'deliver',
  'notify',
  'confirm',
  'drain',
  'revoke',
  'prove',
  'review',
  'harden',
  'close',
] as const satisfies readonly StepName[]

const schema = z.strictObject({
  name: z.string(),
  steps: z.array(z.strictObject({ step: z.enum(stepNames), after: z.array(z.enum(stepNames)).default([]) })),
})

export type Playbook = z.infer<typeof schema>
export type PlaybookName = 'compromise' | 'revoke'

const shipped: Readonly<Record<PlaybookName, unknown>> = { compromise, revoke }

export function loadPlaybook(name: string): Playbook {
  if (!Object.hasOwn(shipped, name)) {
    throw new RespondError('playbook', `there is no playbook ${name}`, {
      exitCode: 2,
      hint: `there are ${Object.keys(shipped).join(', ')}`,
    })
  }
  return checkPlaybook(shipped[name as PlaybookName])
}

/** Order is a promise: a step may only come after steps that stand above it. */
export function checkPlaybook(data: unknown): Playbook {
  const parsed = schema.safeParse(data)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new RespondError(
      'playbook',
      `playbook: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`,
      {
        exitCode: 2,
      },
    )
  }
  const playbook = parsed.data
  const seen = new Set<StepName>()
  for (const { step, after } of playbook.steps) {
    const missing = after.find((name) => !seen.has(name))
    if (missing !== undefined || seen.has(step)) {
      throw new RespondError('playbook', `playbook ${playbook.name}: ${step} cannot stand where it stands`, {
        exitCode: 2,
      })
    }
    seen.add(step)
  }
  return playbook
}
