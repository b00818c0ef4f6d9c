import { resolve } from 'node:path'
import { nearest } from '../../config/nearest.ts'
import type { Context } from '../../context.ts'
import { redactText } from '../../detect/index.ts'
import { UsageError } from '../../errors.ts'
import type { KeyEntry } from '../../inventory/types.ts'
import type { Arguments, FlagSpec } from '../types.ts'

export const reportFlag: FlagSpec = {
  name: 'report',
  value: 'FORMAT[=FILE]',
  repeatable: true,
  help: 'text (the default) or json, to standard output or a file',
}

interface Views {
  text(): string
  json(): Readonly<Record<string, unknown>>
}

/** Where the result goes; checked before anything is read. */
export function outputs(context: Context, args: Arguments): (views: Views) => void {
  const wanted = args.values('report').map(parse)
  return (views) => {
    const render = (format: string): string =>
      format === 'json' ? `${JSON.stringify({ schemaVersion: 1, ...views.json() }, null, 2)}\n` : views.text()
    const onScreen = wanted.findLast(({ path }) => path === '')
    for (const { format, path } of wanted) {
      if (path !== '') writeFile(context, resolve(context.cwd, path), render(format))
    }
    context.stdout.write(render(onScreen?.format ?? 'text'))
  }
}

/** A file of ours holds names and owners: 0600, and no token. */
export function writeFile(context: Context, path: string, text: string): void {
  try {
    context.fs.writeFileSync(path, redactText(text), { mode: 0o600 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new UsageError(`${path}: cannot be written (${code})`, undefined, error)
  }
}

function parse(text: string): { readonly format: string; readonly path: string } {
  const [format = '', ...rest] = text.split('=')
  if (format === 'text' || format === 'json') return { format, path: rest.join('=') }
  if (format === 'csv')
    throw new UsageError('--report csv is not built yet in this version', 'text and json are')
  const meant = nearest(format, ['text', 'json'])
  throw new UsageError(
    '--report: no such format',
    meant === undefined ? 'text or json' : `did you mean ${meant}?`,
  )
}

/** Safe on a terminal: control characters, line breaks and text direction marks are shown as a question mark. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '?')
}

export function shortFingerprint(entry: KeyEntry): string {
  return entry.fingerprint === null ? '–' : entry.fingerprint.slice(7, 15)
}

/** In words for a person: an ISO time to the day. */
export function day(time: string | null): string {
  return time === null ? '–' : time.slice(0, 10)
}
