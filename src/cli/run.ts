import { WardenError } from '../errors.ts'
import { refuseTokens } from './argument-guard.ts'
import { parseArguments } from './arguments.ts'
import { selectCommand } from './commands.ts'
import { nodeContext, type NodeContext } from './context.ts'

/** Runs one command line to its exit code. The only place that ends the process. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  const context = nodeContext()
  let code: number
  try {
    code = await dispatch(context, argv)
  } catch (error) {
    code = report(context, error)
  }
  const signal = context.signalNumber()
  await context.flush()
  process.exit(signal === null ? code : 128 + signal)
}

async function dispatch(context: NodeContext, argv: readonly string[]): Promise<number> {
  const selected = await selectCommand(context, argv)
  if (typeof selected === 'number') return selected
  refuseTokens(selected.command.name, selected.rest)
  const args = parseArguments(selected.command, selected.rest)
  if (args.has('help')) {
    const { commandHelp } = await import('./help.ts')
    context.stdout.write(commandHelp(selected.command))
    return 0
  }
  return await selected.command.run(context, args)
}

function report(context: NodeContext, error: unknown): number {
  if (context.signal.aborted && !(error instanceof WardenError)) return 3
  if (error instanceof WardenError) {
    context.stderr.write(`pplx-warden: error: ${error.message}\n`)
    if (error.hint !== undefined) context.stderr.write(`pplx-warden: hint: ${error.hint}\n`)
    return error.exitCode
  }
  const detail = error instanceof Error ? error : new Error(String(error))
  context.stderr.write(`pplx-warden: error: internal: ${detail.message}\n`)
  if (context.env['PPLX_WARDEN_DEBUG'] !== undefined) context.stderr.write(`${detail.stack ?? ''}\n`)
  else
    context.stderr.write(
      'pplx-warden: hint: PPLX_WARDEN_DEBUG=1 shows where; nothing was left half-written, run it again\n',
    )
  return 3
}
