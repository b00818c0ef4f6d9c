import { z } from 'zod'
import { inWords } from '../config/check.ts'
import type { FileSystem } from '../context.ts'
import { byBaseline, filePlace, objectPlace, otherPlace } from './baseline-places.ts'
import { ExceptionError } from './errors.ts'
import type { Baseline } from './types.ts'

const largest = 32 * 1024 * 1024

/** Reads a JSON report of an earlier scan; everything that is wrong with it is an error before anything is scanned. */
export function readBaseline(path: string, shown: string, fs: FileSystem): Baseline {
  const report = check(parse(readBytes(path, shown, fs), shown), shown)
  const places = new Map<string, Set<string>>()
  for (const { fingerprint, suppressed, occurrences } of report.findings) {
    // What an exception covered then is the exception's matter: with its end it comes back.
    if (suppressed !== null && suppressed.by !== byBaseline) continue
    const known = places.get(fingerprint) ?? new Set()
    places.set(fingerprint, known)
    for (const { location } of occurrences) for (const place of placesOf(location)) known.add(place)
  }
  const { source, target, startedAt } = report.scan
  return { source, target, startedAt, places }
}

function readBytes(path: string, shown: string, fs: FileSystem): Buffer {
  try {
    const stat = fs.statSync(path)
    // A named pipe would hold us where no signal is heard.
    if (!stat.isFile()) throw refused(shown, 'not a regular file')
    if (stat.size > largest) throw refused(shown, 'larger than 32 MiB')
    return fs.readFileSync(path)
  } catch (error) {
    if (error instanceof ExceptionError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw refused(
      shown,
      code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`,
      undefined,
      error,
    )
  }
}

/** The parser's own words would quote the file. */
function parse(bytes: Buffer, shown: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw refused(shown, 'not JSON', 'a baseline is made with --report json=FILE', error)
  }
}

function check(document: unknown, shown: string): z.output<typeof report> {
  if (!isOurs(document)) {
    throw refused(shown, 'no scan report of pplx-warden', 'a baseline is made with --report json=FILE')
  }
  if (document.schemaVersion !== 1) {
    throw refused(shown, 'of a schemaVersion that this version does not read (1 is)', 'make it again')
  }
  const result = report.safeParse(document, { error: inWords })
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = (issue?.path ?? [])
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
  throw refused(shown, `damaged: ${where}: ${issue?.message ?? 'not valid'}`, 'make it again')
}

function isOurs(document: unknown): document is { readonly schemaVersion?: unknown } {
  if (typeof document !== 'object' || document === null || !('tool' in document)) return false
  const { tool } = document
  return typeof tool === 'object' && tool !== null && 'name' in tool && tool.name === 'pplx-warden'
}

function refused(shown: string, what: string, hint = 'nothing was scanned', cause?: unknown): ExceptionError {
  return new ExceptionError('baseline', `${shown}: baseline: ${what}`, hint, cause)
}

const location = z.object({
  path: z.string().nullable(),
  pathBase64: z.string().nullable().optional(),
  pathSha256: z.string().optional(),
  object: z.object({ id: z.string() }).nullable(),
  ref: z.string().nullable(),
  paths: z.array(z.string()),
  via: z.array(z.string()),
})

const report = z.object({
  scan: z.object({ source: z.string(), target: z.string(), startedAt: z.string() }),
  findings: z.array(
    z.object({
      fingerprint: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 lower-case hex digits'),
      suppressed: z.object({ by: z.string() }).nullable(),
      occurrences: z.array(z.object({ location })),
    }),
  ),
})

function placesOf({ path, pathBase64, pathSha256, object, ref, paths, via }: z.output<typeof location>) {
  if (object !== null) {
    const names = new Set([...(path === null ? [] : [path]), ...paths])
    return names.size === 0
      ? [objectPlace(object.id, null)]
      : [...names].map((name) => objectPlace(object.id, name))
  }
  return path === null ? [otherPlace(ref, via)] : [filePlace(path, pathBase64 ?? pathSha256 ?? '')]
}
