import { planOnly } from '../../respond/responder.ts'
import { milliseconds } from '../../respond/policy.ts'
import { approvePlan } from '../../respond/decisions.ts'
import { UsageError } from '../../errors.ts'
import { responseFlags, stateFlags } from '../response/flags.ts'
import { responseOptions } from '../response/options.ts'
import { openServices } from '../response/services.ts'
import { targetOf } from '../response/target.ts'
import type { Command } from '../types.ts'
import { incidentNamed } from './store.ts'

export const incidentApprove: Command = {
  name: 'incident approve',
  summary: 'record that a person approves the plan; carries nothing out',
  operands: '<incident|name|fingerprint>',
  details: 'The approval counts for exactly the plan that is shown, and expires.',
  flags: [
    ...stateFlags,
    ...responseFlags.filter((flag) =>
      ['to', 'waive', 'revoke-now', 'management-key-file', 'exposure'].includes(flag.name),
    ),
  ],
  async run(context, args) {
    const options = responseOptions(context, args, null)
    const services = await openServices(context, args)
    try {
      const row = await incidentNamed(services.store, args)
      if (row.ended === 1) throw new UsageError(`${row.id} is closed: there is nothing to approve`)
      const found = await targetOf(services, context, { ...args, operands: [row.id] }, null)
      if (found.kind !== 'target') throw new UsageError(`${row.id} is closed: there is nothing to approve`)
      const plan = await planOnly(services, found.target, options)
      context.stdout.write(`${plan.lines.join('\n')}\n`)
      const expiresAt = new Date(
        context.clock.now() + milliseconds(services.policy.approvalExpires),
      ).toISOString()
      await approvePlan(
        services.store,
        row.id,
        { planHash: plan.hash, by: options.by, expiresAt },
        context.clock,
      )
      context.stdout.write(
        `\nApproved by ${options.by} until ${expiresAt} (plan ${plan.hash.slice(0, 12)}).\nNext: pplx-warden respond ${row.id}\n`,
      )
      return 0
    } finally {
      await services.store.close()
    }
  },
}
