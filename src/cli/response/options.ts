import { userInfo } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import type { ConsumerSpec } from '../../inventory/types.ts'
import type { ResponseOptions } from '../../respond/run.ts'
import type { Exposure, Plan } from '../../respond/types.ts'
import type { Secret } from '../../secret/index.ts'
import { parseDuration } from '../durations.ts'
import { askYesNo } from '../prompt.ts'
import type { Arguments } from '../types.ts'
import { stepPrinter } from './progress.ts'

/** The response flags as the responder takes them; every mistake is found before anything is opened. */
export function responseOptions(
  context: Context,
  args: Arguments,
  replacement: Secret | null,
): ResponseOptions {
  const duration = (flag: string): number | null => {
    const text = args.value(flag)
    return text === undefined ? null : parseDuration(text, `--${flag}`)
  }
  const interactive = context.stdin.isTTY && context.stderr.isTTY
  return {
    yes: args.has('yes'),
    by: whoRuns(context),
    ...(interactive ? { ask: (plan: Plan) => askPlan(context, plan) } : {}),
    revokeNow: args.has('revoke-now'),
    drainMs: duration('drain'),
    proveForMs: duration('prove-for') ?? 0,
    waitMs: duration('wait'),
    paidProbe: !args.has('no-paid-probe'),
    waivers: new Map(args.values('waive').map(waiver)),
    addConsumers: args.values('to').map((text) => consumerOf(text, context.cwd)),
    replacement,
    onStep: stepPrinter(context, { quiet: args.has('quiet'), verbose: args.has('verbose') }),
  }
}

/** In CI the state must outlive the job, or a key that was issued is lost with it. */
export function refuseFleetingState(context: Context, args: Arguments): void {
  if ((context.env['CI'] ?? '') === '' || context.env['CI'] === 'false' || args.has('durable-state')) return
  throw new UsageError(
    'in CI (CI is set) a response needs a state folder that outlives the job: a key issued here would be lost with it',
    'keep the state folder on a durable disk and say so with --durable-state, or run it elsewhere',
  )
}

const exposures: readonly Exposure[] = ['local', 'internal', 'shared', 'public']

export function exposureOf(args: Arguments): Exposure | null {
  const text = args.value('exposure')
  if (text === undefined) return null
  const found = exposures.find((one) => one === text)
  if (found === undefined) throw new UsageError(`--exposure: ${text} is none of ${exposures.join(', ')}`)
  return found
}

export function exposedSinceOf(args: Arguments, now: number = Date.now()): string | null {
  const text = args.value('exposed-since')
  if (text === undefined) return null
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw new UsageError(`--exposed-since: ${text} is no time`, 'for example 2026-11-23T08:00:00Z')
  if (time > now) throw new UsageError(`--exposed-since: ${text} has not come yet`)
  return new Date(time).toISOString()
}

/** At most twelve lines, then one question. */
async function askPlan(context: Context, plan: Plan): Promise<boolean> {
  context.stderr.write(`\n${plan.lines.slice(0, 11).join('\n')}\n`)
  return await askYesNo(context, 'Go on?')
}

function waiver(text: string): [string, string] {
  const at = text.indexOf('=')
  const reason = text.slice(at + 1).trim()
  if (at < 1 || reason === '')
    throw new UsageError(`--waive: ${text} names no reason`, '--waive CONSUMER=REASON')
  return [text.slice(0, at), reason]
}

function consumerOf(text: string, cwd: string): ConsumerSpec {
  const dotenv = /^dotenv:(.+):([\w.-]+)$/.exec(text)
  if (dotenv?.[1] !== undefined && dotenv[2] !== undefined) {
    const path = resolve(cwd, dotenv[1])
    return { kind: 'dotenv', path, variable: dotenv[2], directory: dirname(path) }
  }
  const file = /^file:(.+)$/.exec(text)?.[1]
  if (file === undefined)
    throw new UsageError(`--to: ${text} is no consumer`, '--to dotenv:PATH:NAME or --to file:PATH')
  const path = resolve(cwd, file)
  return { kind: 'file', path, directory: dirname(path) }
}

/** For the journal: the user that runs the command. */
export function whoRuns(context: Context): string {
  try {
    return userInfo().username
  } catch {
    return context.env['USER'] ?? 'somebody'
  }
}
