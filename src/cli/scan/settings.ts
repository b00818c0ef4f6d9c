import { resolve } from 'node:path'
import type { Context } from '../../context.ts'
import { nearest } from '../../config/nearest.ts'
import { UsageError } from '../../errors.ts'
import { type Format, isFormat, plannedFormats, reporters } from '../../report/registry.ts'
import type { Arguments } from '../types.ts'
import { notBuilt, onlyWithResponse } from './flags.ts'

/** Where a report goes: a file, or standard output. */
export interface ReportTarget {
  readonly format: Format
  readonly file: string | null
}

export interface ScanSettings {
  readonly reports: readonly ReportTarget[]
  readonly minConfidence: 'near' | 'exact'
  readonly exitZero: boolean
  /** null: nothing; []: whatever was not read; else parts of the reasons. */
  readonly allowIncomplete: readonly string[] | null
  readonly examples: boolean
  readonly explain: boolean
  /** As it was named; null: none. */
  readonly baseline: string | null
  readonly responds: boolean
  readonly progress: boolean
  readonly quiet: boolean
}

/** The flags, all mistakes in them found before anything is read. */
export function scanSettings(context: Context, args: Arguments): ScanSettings {
  refuseNotBuilt(context, args)
  if (args.operands.includes('')) {
    throw new UsageError('an operand is empty', 'an unset variable? . is the working folder')
  }
  checkJobs(args)
  const responds = args.has('respond') || args.has('open-incidents')
  const idle = onlyWithResponse.find((flag) => args.has(flag))
  if (!responds && idle !== undefined) {
    throw new UsageError(`--${idle} does nothing without --respond`, 'add --respond or --open-incidents')
  }
  return {
    reports: reportTargets(context, args),
    minConfidence: minConfidence(args),
    exitZero: args.has('exit-zero'),
    allowIncomplete: allowIncomplete(args),
    examples: args.has('show-examples') || args.has('explain'),
    explain: args.has('explain'),
    baseline: args.value('baseline') ?? (context.env['PPLX_WARDEN_BASELINE'] || null),
    responds,
    progress: context.stderr.isTTY && !args.has('no-progress') && !args.has('quiet'),
    quiet: args.has('quiet'),
  }
}

function refuseNotBuilt(context: Context, args: Arguments): void {
  const flag = notBuilt.find((name) => args.has(name))
  if (flag !== undefined) throw new UsageError(`--${flag} is not built yet in this version`, 'leave it out')
  if ((context.env['PPLX_WARDEN_INVENTORY'] ?? '') !== '') {
    throw new UsageError(
      'PPLX_WARDEN_INVENTORY is not built yet in this version',
      'unset PPLX_WARDEN_INVENTORY',
    )
  }
}

function checkJobs(args: Arguments): void {
  const jobs = args.value('jobs')
  if (jobs !== undefined && !/^[1-9]\d{0,4}$/.test(jobs))
    throw new UsageError(`--jobs ${jobs}: not a number from 1 on`)
}

function reportTargets(context: Context, args: Arguments): ReportTarget[] {
  const targets = [
    ...args.values('report').map((text) => reportTarget(context, text)),
    ...args.values('output').map((file) => ({ format: 'text' as const, file: checkedFile(context, file) })),
  ]
  const onStdout = targets.filter(({ file }) => file === null)
  if (onStdout.length > 1) {
    const formats = onStdout.map(({ format }) => format).join(' and ')
    throw new UsageError(
      `only one report can go to standard output, not ${formats}`,
      '--report FORMAT=FILE writes a file',
    )
  }
  return onStdout.length === 1 ? targets : [{ format: 'text', file: null }, ...targets]
}

function reportTarget(context: Context, text: string): ReportTarget {
  const at = text.indexOf('=')
  const format = at === -1 ? text : text.slice(0, at)
  if (plannedFormats.includes(format)) {
    throw new UsageError(`--report ${format} is not built yet in this version`, `${formats} are`)
  }
  if (!isFormat(format)) {
    const meant = nearest(format, [...Object.keys(reporters), ...plannedFormats])
    throw new UsageError(
      `--report: unknown format ${format}`,
      meant === undefined ? formats : `did you mean ${meant}?`,
    )
  }
  if (at === -1) return { format, file: null }
  return { format, file: checkedFile(context, text.slice(at + 1)) }
}

const formats = 'text, json and jsonl'

/** A report that cannot be written is said before the scan, not after an hour of it. */
function checkedFile({ fs, cwd }: Context, named: string): string {
  if (named === '') throw new UsageError('--report: the name of the file is empty', '--report FORMAT=FILE')
  const file = resolve(cwd, named)
  if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new UsageError(`${named} is a folder`)
  const folder = resolve(file, '..')
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`${named}: its folder does not exist`, 'nothing was scanned')
  }
  return file
}

function minConfidence(args: Arguments): 'near' | 'exact' {
  const text = args.value('min-confidence') ?? 'near'
  if (text === 'near' || text === 'exact') return text
  throw new UsageError(`--min-confidence ${text}: not a level`, 'near or exact')
}

function allowIncomplete(args: Arguments): readonly string[] | null {
  if (!args.has('allow-incomplete')) return null
  const given = args.values('allow-incomplete')
  if (given.includes('')) return []
  return given
    .flatMap((text) => text.split(','))
    .map((text) => text.trim().toLowerCase())
    .filter((text) => text !== '')
}
