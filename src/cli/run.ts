import type { Context } from '../context.ts'
import { WardenError } from '../errors.ts'
import { refuseTokens, refuseTokensInFlags, takesUnits } from './argument-guard.ts'
import { parseArguments } from './arguments.ts'
import { selectCommand } from './commands.ts'
import { nodeContext } from './context.ts'

/** Runs one command line to its exit code. The only place that ends the process. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  const context = nodeContext()
  const code = await exitCodeIn(context, argv)
  const lost = await context.flush()
  if (lost !== null) {
    context.stderr.write(`pplx-warden: error: standard output could not be written (${lost})\n`)
    await context.flush()
  }
  const signal = context.signalNumber()
  process.exit(signal === null ? exitCodeAfter(code, lost) : 128 + signal)
}

/** What could not be told is not finished. */
function exitCodeAfter(code: number, lost: string | null): number {
  return lost !== null && code === 0 ? 3 : code
}

/** One command line in any world, an error told there: its exit code. */
export async function exitCodeIn(context: Context, argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(context, argv)
  } catch (error) {
    return report(context, error)
  }
}

async function dispatch(context: Context, argv: readonly string[]): Promise<number> {
  const selected = await selectCommand(context, argv)
  if (typeof selected === 'number') return selected
  const { command, rest } = selected
  if (!takesUnits(command)) refuseTokens(rest)
  const args = parseArguments(command, rest)
  refuseTokensInFlags(command, args)
  if (args.has('help')) {
    const { commandHelp } = await import('./help.ts')
    context.stdout.write(commandHelp(command))
    return 0
  }
  return await command.run(context, args)
}

function report(context: Context, error: unknown): number {
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
