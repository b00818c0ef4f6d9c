import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import type { Secret } from '../secret/index.ts'
import { readSecret, readSecretFromStdin } from './prompt.ts'
import { responseFlags, stateFlags } from './response/flags.ts'
import { exposedSinceOf, exposureOf, refuseFleetingState, responseOptions } from './response/options.ts'
import { carryOut } from './response/carry-out.ts'
import { respondToDue } from './response/due.ts'
import { reportFormat } from './response/output.ts'
import { openServices, planServices } from './response/services.ts'
import { targetOf } from './response/target.ts'
import type { Arguments, Command } from './types.ts'

export const respond: Command = {
  name: 'respond',
  summary: 'run, resume or rehearse the playbook for a leaked key',
  operands: '[incident|name|fingerprint]',
  details: `Without an argument at a terminal it asks for the leaked key, unseen.
Replaces the key, delivers the new one, revokes the leaked one and proves it dead.
Run it again to resume: it may be killed at any instant.`,
  flags: [
    ...stateFlags,
    { name: 'plan', alias: 'dry-run', help: 'show what would happen, change nothing' },
    { name: 'token-stdin', help: 'read the leaked key from standard input' },
    { name: 'replacement-stdin', help: 'read a replacement made in the console from standard input' },
    { name: 'mine', help: 'the key is ours though the inventory does not know it: take it in' },
    { name: 'not-mine', help: "the key is a stranger's: revoke it, replace nothing" },
    { name: 'new', help: "open a new incident for the name's current key" },
    { name: 'due', help: 'advance every open incident' },
    ...responseFlags,
    { name: 'report', value: 'FORMAT[=FILE]', repeatable: true, help: 'text or json' },
    { name: 'quiet', short: 'q', help: 'no step lines' },
    { name: 'verbose', short: 'v', help: 'a line for every poll, too' },
  ],
  async run(context, args) {
    const reports = reportFormat(context, args)
    exposureOf(args)
    exposedSinceOf(args)
    if (!args.has('plan')) refuseFleetingState(context, args)
    const given = await secretsGiven(context, args)
    const options = responseOptions(context, args, given.replacement)
    const services = args.has('plan') ? await planServices(context, args) : await openServices(context, args)
    try {
      if (args.has('due')) return await respondToDue(context, args, services, options, reports)
      const found = await targetOf(services, context, args, given.leaked)
      return await carryOut(services, context, args, found, options, reports)
    } finally {
      await services.store.close()
    }
  },
}

async function secretsGiven(
  context: Context,
  args: Arguments,
): Promise<{ leaked: Secret | null; replacement: Secret | null }> {
  if (args.operands.length > 1) throw new UsageError('one incident, name or fingerprint at a time')
  if (args.has('token-stdin') && args.has('replacement-stdin')) {
    throw new UsageError(
      '--token-stdin and --replacement-stdin both read standard input',
      'open the incident first, then hand in the replacement',
    )
  }
  if (args.has('due') && args.operands.length > 0)
    throw new UsageError('--due is about every open incident', 'leave the name out, or leave --due out')
  if (args.has('mine') && args.has('not-mine'))
    throw new UsageError('--mine and --not-mine exclude each other')
  if (args.has('token-stdin')) return { leaked: await readSecretFromStdin(context), replacement: null }
  if (args.has('replacement-stdin')) return { leaked: null, replacement: await readSecretFromStdin(context) }
  if (args.operands.length === 0 && !args.has('due')) {
    if (!context.stdin.isTTY) {
      throw new UsageError(
        'which key? there is no terminal to ask at',
        'give --token-stdin, or name an incident, a key or a fingerprint',
      )
    }
    return {
      leaked: await readSecret(context, 'Paste the leaked key (it is not shown): '),
      replacement: null,
    }
  }
  return { leaked: null, replacement: null }
}
