import type { Fingerprint } from '../secret/index.ts'
import { defaultLimits } from '../sources/containers/types.ts'
import { isSkipped, type Origin, type Unit } from '../sources/types.ts'
import type { SieveOptions } from './sieve.ts'
import { unitReader } from './units.ts'

type Options = Pick<SieveOptions, 'source' | 'detector' | 'context' | 'skipped' | 'signal'>

/** What the parents had in the same place; asked once a unit, however many hits and containers it has. */
export function earlierTokens({ source, skipped, signal, ...options }: Options) {
  let asked: Origin | null = null
  let tokens: Set<Fingerprint> | null = null
  return async (origin: Origin): Promise<ReadonlySet<Fingerprint> | null> => {
    if (source.before === undefined) return null
    if (asked === origin) return tokens
    const found = new Set<Fingerprint>()
    for await (const item of source.before(origin, signal)) {
      if (isSkipped(item)) skipped.push(item)
      else await readTokens(item, options, found)
    }
    asked = origin
    tokens = found
    return found
  }
}

/** All tokens of a unit and of what is in it. */
export async function readTokens(
  unit: Unit,
  { detector, context }: Pick<Options, 'detector' | 'context'>,
  found: Set<Fingerprint>,
): Promise<void> {
  const sink = {
    counts: { units: 0, bytes: 0 },
    excluded: {},
    wantsLines: false,
    // A parent's damaged container hides nothing: what it does not show stays a finding.
    skipped: () => {},
    breathe: () => null,
    async hits(_unit: Unit, hits: readonly { readonly secret: { readonly fingerprint: Fingerprint } }[]) {
      for (const { secret } of hits) found.add(secret.fingerprint)
    },
  }
  await unitReader(detector, sink, defaultLimits, () => context.clock.monotonic()).read(unit)
}
