/** One name that an object had. */
export interface Pair {
  readonly object: number
  /** Empty: it is a commit's root tree. */
  readonly path: Buffer
  /** Twice the commit's number, one more where it came: of some parents, it stood there before. */
  readonly events: number[]
}

export interface Pairing {
  note(commit: number, object: number, came: boolean, path: Buffer): void
  /** Not everything is noted. */
  cut(): void
  all(): Pair[]
  isCut(): boolean
}

/** Of one object; of all together. Who has more wants us to run out of memory. */
const mostNames = 10_000
const mostPairs = 100_000
/** How often they came and went. */
const mostEvents = 2_000_000

export function pairing(objects: number): Pairing {
  const pairs = new Map<string, Pair>()
  const counts = new Uint32Array(objects)
  let events = 0
  let isCut = false
  return { note, cut, all: () => [...pairs.values()], isCut: () => isCut }

  function note(commit: number, object: number, came: boolean, path: Buffer): void {
    const key = `${object} ${path.toString('latin1')}`
    const pair = pairs.get(key) ?? added(key, object, path)
    if (pair === null || events >= mostEvents) {
      cut()
      return
    }
    pair.events.push(2 * commit + (came ? 1 : 0))
    events += 1
  }

  function cut(): void {
    isCut = true
  }

  function added(key: string, object: number, path: Buffer): Pair | null {
    if ((counts[object] as number) >= mostNames || pairs.size >= mostPairs) return null
    counts[object] = (counts[object] as number) + 1
    const pair = { object, path, events: [] }
    pairs.set(key, pair)
    return pair
  }
}
