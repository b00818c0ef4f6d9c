import type { Context } from '../../context.ts'
import { createDetector } from '../../detect/detector.ts'
import { redactText } from '../../detect/redact.ts'
import { UsageError, WardenError } from '../../errors.ts'
import type { Baseline, ExceptionFile } from '../../exceptions/types.ts'
import { runScan } from '../../pipeline/scan.ts'
import type { ScanResult } from '../../pipeline/types.ts'
import type { Responses } from '../../report/types.ts'
import type { Source } from '../../sources/types.ts'
import { version } from '../../version.ts'
import type { Arguments } from '../types.ts'
import { baselineOf, exceptionsOf, tellOtherKind } from './exceptions.ts'
import { exitCodeOf, isAllowed, isCounted } from './exit.ts'
import { oneKeyFlags } from './flags.ts'
import type { ScanKeys } from './keys.ts'
import { note } from './note.ts'
import { writeReports } from './output.ts'
import { progressLine } from './progress.ts'
import { scanSettings, type ScanSettings } from './settings.ts'
import { unfinishedResult } from './unfinished.ts'

/** What one kind of scan brings: where units come from, which keys are known. */
export interface Scan {
  readonly source: Source
  readonly keys: ScanKeys
  /** The scanned tree's own files; may still be on their way. */
  readonly project: readonly ExceptionFile[] | Promise<readonly ExceptionFile[]>
  /** To be told of each run that may be the body of a key. */
  readonly onBareBody?: (fingerprint: string) => void
  /** Once the scan was complete: so that not all is read again. Throws what the file system says. */
  readonly keep?: () => void
  /** A first scan knew too little: this one is to be made instead. null: what it found stands. */
  again?(): Promise<Scan | null>
}

/** Checks the flags, scans, responds where asked, reports; the exit code. */
export async function runScanCommand(
  context: Context,
  args: Arguments,
  prepare: (settings: ScanSettings) => Promise<Scan>,
): Promise<number> {
  const settings = scanSettings(context, args)
  if (settings.responds) await checkResponse(context, args)
  const baseline = await baselineOf(context, settings)
  const prepared = await prepare(settings)
  tellOtherKind(context, baseline, prepared.source)
  const scanned = await scanWith(context, settings, prepared, baseline)
  const { keys, finished } = scanned
  const redact = (text: string): string => redactText(text, keys.known)
  const result = settings.responds ? await probed(context, args, scanned.result) : scanned.result
  await writeReports(context, settings.reports, {
    result,
    version,
    redact,
    responded: settings.responds ? responding(context, args, result, redact) : null,
    examples: settings.examples,
    explain: settings.explain,
    incompleteAllowed: finished && isAllowed(result, settings),
    quiet: settings.quiet,
    commandFlags: redact(commandFlags(args)),
  })
  if (!finished) return 3
  tellAllowances(context, settings, result)
  return exitCodeOf(result, settings)
}

interface Scanned {
  readonly result: ScanResult
  readonly keys: ScanKeys
  /** False when it was interrupted or broke down. */
  readonly finished: boolean
}

async function scanWith(
  context: Context,
  settings: ScanSettings,
  scan: Scan,
  baseline: Baseline | null,
): Promise<Scanned> {
  const { clock } = context
  const started = clock.now()
  const line = settings.progress ? progressLine(context.stderr, () => clock.monotonic()) : null
  const { source, keys } = scan
  const exceptions = exceptionsOf(scan.project, baseline, settings)
  exceptions.catch(() => {})
  try {
    const result = await runScan({
      source,
      detector: createDetector({
        onEmbedded: () => {
          source.excluded['unsupportedContainers'] = (source.excluded['unsupportedContainers'] ?? 0) + 1
        },
        known: keys.known,
        ...(scan.onBareBody === undefined ? {} : { onBareBody: scan.onBareBody }),
        examples: settings.examples,
        minConfidence: settings.minConfidence,
      }),
      keys: keys.lookup,
      exceptions,
      redact: (text) => redactText(text, keys.known),
      context,
      signal: context.signal,
      ...(line === null ? {} : { onProgress: (progress) => line.show(progress) }),
    })
    line?.clear()
    if (result.complete) keep(context, scan)
    const again = (await scan.again?.()) ?? null
    return again === null
      ? { result, keys, finished: true }
      : await scanWith(context, settings, again, baseline)
  } catch (error) {
    line?.clear()
    if (error instanceof WardenError && error.exitCode === 2) throw error
    const reason = context.signal.aborted
      ? `interrupted by ${String(context.signal.reason)}`
      : brokenDown(error)
    context.stderr.write(`pplx-warden: error: the scan did not finish: ${reason}\n`)
    return { result: unfinishedResult(source, started, clock.now(), reason), keys, finished: false }
  }
}

/** That it cannot be kept costs time, and nothing else. */
function keep(context: Context, scan: Scan): void {
  try {
    scan.keep?.()
  } catch (error) {
    note(
      context,
      `what was read could not be remembered: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function brokenDown(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return error instanceof WardenError ? message : `internal error: ${message}`
}

/** Mistakes in the response's flags are found before anything is scanned. */
async function checkResponse(context: Context, args: Arguments): Promise<void> {
  const { exposedSinceOf, exposureOf, refuseFleetingState, responseOptions } = await import(
    '../response/options.ts'
  )
  const single = oneKeyFlags.find(({ name }) => args.has(name))
  if (single !== undefined) {
    const hint = 'scan first, then `pplx-warden respond` for the one key, and paste it at the prompt'
    throw new UsageError(`--${single.name} is about one key, not about all that a scan finds`, hint)
  }
  exposureOf(args)
  exposedSinceOf(args)
  responseOptions(context, args, null)
  if (!args.has('plan')) refuseFleetingState(context, args)
}

/** A key that turns out to be alive is not silenced (DESIGN, guarantee 7): asked before anything is told. */
async function probed(context: Context, args: Arguments, result: ScanResult): Promise<ScanResult> {
  if (result.findings.every(isCounted)) return result
  try {
    const { probeSilenced } = await import('../response/silenced.ts')
    return await probeSilenced(context, args, result)
  } catch (error) {
    tellFailure(context, 'whether excepted keys are alive could not be asked', error)
    return result
  }
}

function tellFailure(context: Context, what: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  context.stderr.write(`pplx-warden: error: ${what}: ${message}\n`)
  if (error instanceof WardenError && error.hint !== undefined)
    context.stderr.write(`pplx-warden: hint: ${error.hint}\n`)
  return message
}

/** Once, whoever asks first. A response that cannot begin does not take the report with it: there are findings. */
function responding(
  context: Context,
  args: Arguments,
  result: ScanResult,
  redact: (text: string) => string,
): () => Promise<Responses> {
  let responses: Promise<Responses> | null = null
  return () => {
    responses ??= respondTo(context, args, result, redact)
    return responses
  }
}

async function respondTo(
  context: Context,
  args: Arguments,
  result: ScanResult,
  redact: (text: string) => string,
): Promise<Responses> {
  if (!result.findings.some(isCounted)) return { incidents: [], text: '', validity: new Map() }
  try {
    const { respondToFindings } = await import('../response/from-scan.ts')
    return await respondToFindings(context, args, result, redact)
  } catch (error) {
    const message = tellFailure(context, 'the response did not finish', error)
    return { incidents: [], text: `The response did not finish: ${message}\n`, validity: new Map() }
  }
}

/** A person's permission is never silent. */
function tellAllowances(context: Context, settings: ScanSettings, result: ScanResult): void {
  if (settings.exitZero && result.findings.some(isCounted))
    note(context, '--exit-zero: the findings do not fail this scan')
  if (isAllowed(result, settings)) {
    note(context, `--allow-incomplete: ${result.skipped.length} not read, which does not fail this scan`)
  }
}

/** What a recommended command needs to reach the same inventory. */
function commandFlags(args: Arguments): string {
  return ['db', 'config']
    .map((flag) => {
      const value = args.value(flag)
      return value === undefined
        ? ''
        : ` --${flag} ${/^[\w./:@%+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`}`
    })
    .join('')
}
