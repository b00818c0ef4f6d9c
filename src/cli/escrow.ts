import { resolve } from 'node:path'
import { readOperatorConfig } from '../config/operator.ts'
import { statePaths, writableState } from '../config/paths.ts'
import type { Context } from '../context.ts'
import { UsageError, WardenError } from '../errors.ts'
import type { Escrow } from '../respond/escrow.ts'
import { noOperands } from './inventory/state.ts'
import { stateFlags } from './response/flags.ts'
import { reportFormat } from './response/output.ts'
import { escrowOf } from './response/services.ts'
import type { Arguments, Command } from './types.ts'

export const escrowList: Command = {
  name: 'escrow list',
  summary: 'tokens that lie encrypted between issue and delivery',
  operands: '',
  flags: [...stateFlags, { name: 'report', value: 'FORMAT', help: 'text or json' }],
  async run(context, args) {
    noOperands(args)
    const reports = reportFormat(context, args)
    const entries = openIt(context, args).list()
    if (reports.json) {
      context.stdout.write(`${JSON.stringify({ schemaVersion: 1, escrow: entries }, null, 2)}\n`)
      return 0
    }
    if (entries.length === 0) context.stdout.write('Nothing lies in escrow.\n')
    for (const one of entries) {
      context.stdout.write(
        `${one.id}  ${one.purpose}  ${one.content}  ${one.sealedAt}  ${one.tokenName ?? ''}\n`,
      )
    }
    return 0
  },
}

export const escrowOpen: Command = {
  name: 'escrow open',
  summary: 'decrypt one into a new file that only you can read',
  operands: '<id>',
  details: 'The file holds the token: never the terminal. Delete it when you are done.',
  flags: [
    ...stateFlags,
    {
      name: 'output',
      short: 'o',
      value: 'FILE',
      help: 'a file that does not exist yet; made with mode 0600',
    },
  ],
  async run(context, args) {
    const [id] = args.operands
    const output = args.value('output')
    if (id === undefined || args.operands.length > 1)
      throw new UsageError('which one?', 'pplx-warden escrow list shows the ids')
    if (output === undefined)
      throw new UsageError('escrow open needs --output FILE', 'a token is never written to the terminal')
    const escrow = openIt(context, args)
    const held = escrow.list()
    const ofIncident = held.filter((one) => one.incident === id)
    if (ofIncident.length > 1) {
      const ids = ofIncident.map((one) => one.id).join(', ')
      throw new UsageError(`${id} has ${ofIncident.length} tokens in escrow`, `name one of ${ids}`)
    }
    const entry = held.find((one) => one.id === id) ?? ofIncident[0]
    if (entry === undefined)
      throw new UsageError(`nothing in escrow is called ${id}`, 'pplx-warden escrow list shows the ids')
    const path = resolve(context.cwd, output)
    if (context.fs.existsSync(path)) throw new UsageError(`${path} is there already`, 'name a new file')
    const written = await escrow.openInto(entry.incident, entry.attempt, path)
    if (!written)
      throw new WardenError(`${id} is a reservation: no answer was ever sealed`, {
        exitCode: 3,
        hint: 'the key may exist; its name is listed by pplx-warden incident show',
      })
    context.stdout.write(`Written to ${path} (${entry.content}). Delete it when you are done.\n`)
    return 0
  },
}

function openIt(context: Context, args: Arguments): Escrow {
  const paths = writableState(statePaths(context, { db: args.value('db') }))
  return escrowOf(context, paths, readOperatorConfig(context, paths, { config: args.value('config') }))
}
