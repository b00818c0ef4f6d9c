import { UsageError } from '../errors.ts'
import { readSecret, readSecretFromStdin } from './prompt.ts'
import { responseFlags, stateFlags } from './response/flags.ts'
import { exposedSinceOf, exposureOf, refuseFleetingState, responseOptions } from './response/options.ts'
import { carryOut } from './response/carry-out.ts'
import { reportFormat } from './response/output.ts'
import { openServices, planServices } from './response/services.ts'
import { targetOf } from './response/target.ts'
import type { Command } from './types.ts'

const withoutDelivery = new Set(['to', 'waive', 'drain', 'no-paid-probe', 'revoke-now'])

export const revoke: Command = {
  name: 'revoke',
  summary: 'revoke a key and prove it dead; no replacement is issued',
  operands: '[incident|name|fingerprint]',
  details: 'For a key that nobody uses any more. Applications that still use it stop working.',
  flags: [
    ...stateFlags,
    { name: 'plan', alias: 'dry-run', help: 'show what would happen, change nothing' },
    { name: 'token-stdin', help: 'read the key from standard input' },
    { name: 'mine', help: 'the key is ours though the inventory does not know it' },
    { name: 'not-mine', help: "the key is a stranger's" },
    { name: 'new', help: "open a new incident for the name's current key" },
    ...responseFlags.filter((flag) => !withoutDelivery.has(flag.name)),
    { name: 'report', value: 'FORMAT[=FILE]', repeatable: true, help: 'text or json' },
    { name: 'quiet', short: 'q', help: 'no step lines' },
    { name: 'verbose', short: 'v', help: 'a line for every poll, too' },
  ],
  async run(context, args) {
    const reports = reportFormat(context, args)
    exposureOf(args)
    exposedSinceOf(args)
    if (!args.has('plan')) refuseFleetingState(context, args)
    if (args.operands.length > 1) throw new UsageError('one incident, name or fingerprint at a time')
    const leaked = args.has('token-stdin')
      ? await readSecretFromStdin(context)
      : args.operands.length === 0
        ? await readSecret(context, 'Paste the key to revoke (it is not shown): ')
        : null
    const options = responseOptions(context, args, null)
    const services = args.has('plan') ? await planServices(context, args) : await openServices(context, args)
    try {
      const found = await targetOf(services, context, args, leaked, 'revoke')
      if (found.kind === 'target' && found.incident !== null && found.target.playbook !== 'revoke') {
        throw new UsageError(
          `${found.incident} replaces this key: \`revoke\` cannot take it over`,
          `pplx-warden respond ${found.incident} --revoke-now revokes it at once and goes on delivering`,
        )
      }
      return await carryOut(services, context, args, found, options, reports)
    } finally {
      await services.store.close()
    }
  },
}
