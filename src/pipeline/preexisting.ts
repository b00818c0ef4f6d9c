import type { Confidence } from '../detect/types.ts'
import type { Fingerprint, Secret } from '../secret/index.ts'
import { type Base, isSkipped, type Place } from '../sources/types.ts'
import type { Found } from './collect.ts'
import { readTokens } from './earlier.ts'
import type { SieveOptions } from './sieve.ts'

/** A hit that is no example and not expected. */
export interface Sifted {
  readonly secret: Secret
  readonly confidence: Confidence
  readonly found: Found
  /** A comment beside it names it. */
  readonly isAllowed: boolean
}

/** Hits of objects wait until their places are known: those are asked for many objects at once. */
export interface Placing {
  put(sifted: Sifted): Promise<void>
  end(): Promise<void>
}

type Options = Pick<SieveOptions, 'detector' | 'context' | 'skipped' | 'signal'>

const mostObjects = 1000
const mostHits = 10_000

/** `tell` hears of each whether the token stood before in every place that its object came to. */
export function placing(
  base: Base,
  { skipped, signal, ...options }: Options,
  tell: (sifted: Sifted, stoodThere: boolean) => void,
): Placing {
  const places = new Map<string, readonly Place[]>()
  const tokens = new Map<string, Set<Fingerprint>>()
  const undecided = new Set<string>()
  let waiting: Sifted[] = []
  return { put, end: decide }

  async function put(sifted: Sifted): Promise<void> {
    const id = objectOf(sifted)
    if (id === null || places.has(id)) return judge(sifted)
    undecided.add(id)
    waiting.push(sifted)
    if (undecided.size >= mostObjects || waiting.length >= mostHits) await decide()
  }

  async function decide(): Promise<void> {
    if (waiting.length === 0) return
    const ids = [...undecided]
    const answer = await base.placesOf(ids, signal)
    skipped.push(...answer.skipped)
    for (const id of ids) places.set(id, answer.places.get(id) ?? [])
    await read([...answer.places.values()].flatMap((some) => some.flatMap(({ before }) => before)))
    const decided = waiting
    waiting = []
    undecided.clear()
    for (const sifted of decided) judge(sifted)
  }

  async function read(ids: readonly string[]): Promise<void> {
    const unread = [...new Set(ids)].filter((id) => !tokens.has(id))
    for (const id of unread) tokens.set(id, new Set())
    for await (const batch of base.read(unread, signal)) {
      for (const item of batch) {
        if (isSkipped(item)) skipped.push(item)
        else await readTokens(item, options, tokens.get(item.name.text) ?? new Set())
      }
    }
  }

  function judge(sifted: Sifted): void {
    const known = places.get(objectOf(sifted) ?? '') ?? []
    const { fingerprint } = sifted.secret
    const isNew = ({ before }: Place) => !before.some((id) => tokens.get(id)?.has(fingerprint) === true)
    const newAt = known.filter(isNew).map(({ path }) => path)
    if (known.length > 0 && newAt.length === 0) tell(sifted, true)
    else tell({ ...sifted, found: { ...sifted.found, newAt } }, false)
  }
}

/** null: it stands in no tree. */
function objectOf({ found: { origin } }: Sifted): string | null {
  return origin.kind === 'object' && (origin.type === 'blob' || origin.type === 'tree') ? origin.id : null
}
