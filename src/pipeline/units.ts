import type { Detector, Hit } from '../detect/types.ts'
import { containerOf } from '../sources/containers/registry.ts'
import { type Budget, budgetOf, headLength, type Limits } from '../sources/containers/types.ts'
import { isUnsupportedContainer } from '../sources/containers/unsupported.ts'
import { isSkipped, type Excluded, type Skipped, type Unit } from '../sources/types.ts'
import { type Around, aroundIn, keeper, nothingAround, pieces } from './surroundings.ts'

/** Where what was read goes. `hits` is called only when there are some; the unit's bytes are still valid then. */
export interface Sink {
  hits(unit: Unit, hits: readonly Hit[], around: Around): Promise<void>
  /** Whether `around` is wanted of streams: then their ends are kept. */
  readonly wantsLines: boolean
  skipped(item: Skipped): void
  /** Asked after each chunk of a stream: something to wait for now and then; throws when the scan is aborted. */
  breathe(): Promise<void> | null
  readonly counts: { units: number; bytes: number }
  readonly excluded: Excluded
}

export interface UnitReader {
  /** Scans a unit and, where it is a container, what is in it. null: done already, nothing to wait for. */
  read(unit: Unit): Promise<void> | null
}

export function unitReader(detector: Detector, sink: Sink, limits: Limits, now: () => number): UnitReader {
  /** Hits and what could not be read so far. */
  let told = 0
  return { read }

  function read(unit: Unit): Promise<void> | null {
    sink.counts.units += 1
    const { bytes, change, verdict } = unit
    const before = remarks()
    if (!(bytes instanceof Uint8Array)) return judged(unit, before, readStream(unit, bytes, 0, null))
    sink.counts.bytes += bytes.length
    const isChange = change !== undefined && change !== null && change.base.clean
    const hits = isChange ? detector.scanParts(bytes, change.parts) : detector.scan(bytes)
    const isClean = detector.wasClean()
    tellGivenUp(unit)
    const opens = looksInside(bytes)
    if (hits.length > 0 || opens) {
      const reading = readSmall(unit, bytes, hits)
      return isClean ? judged(unit, before, reading) : reading
    }
    if (verdict !== undefined && verdict !== null) verdict.clean = isClean && before === remarks()
    return null
  }

  /** Once it and whatever is in it has been read. */
  async function judged({ verdict }: Unit, before: number, reading: Promise<void>): Promise<void> {
    await reading
    if (verdict !== undefined && verdict !== null) verdict.clean = before === remarks()
  }

  function remarks(): number {
    return told + (sink.excluded['unsupportedContainers'] ?? 0)
  }

  function tellHits(unit: Unit, hits: readonly Hit[], around: Around): Promise<void> {
    told += 1
    return sink.hits(unit, hits, around)
  }

  function tellSkipped(item: Skipped): void {
    told += 1
    sink.skipped(item)
  }

  function tellGivenUp({ name }: Unit): void {
    if (!detector.hasGivenUp()) return
    tellSkipped({ skipped: name.text, reason: 'it is encoded again and again, more often than is unfolded' })
  }

  async function readSmall(unit: Unit, bytes: Uint8Array, hits: readonly Hit[]): Promise<void> {
    if (hits.length > 0) await tellHits(unit, hits, aroundIn(bytes))
    const container = containerOf(bytes)
    if (container === null) return
    const budget = budgetOf(limits, now)
    budget.spend(bytes.length)
    await readInside(container.open(unit, budget), 0, budget)
  }

  /** The raw bytes and, if they are a container, its content in the same pass. */
  async function readStream(
    unit: Unit,
    chunks: AsyncIterable<Uint8Array>,
    depth: number,
    outer: Budget | null,
  ): Promise<void> {
    const scanner = detector.scanner()
    const kept = sink.wantsLines && depth === 0 ? keeper() : null
    const around = kept?.around ?? nothingAround
    const budget = outer ?? budgetOf(limits, now)
    const tapped = tap(chunks)
    try {
      const { head, all } = await peek(tapped)
      const container = looksInside(head) ? containerOf(head) : null
      if (container !== null && depth >= limits.depth) {
        tellSkipped({ skipped: unit.name.text, reason: `containers nested deeper than ${limits.depth}` })
      } else if (container !== null) {
        await readInside(container.open({ ...unit, bytes: all }, budget), depth, budget)
      }
      for await (const _ of { [Symbol.asyncIterator]: () => all }) continue
      await finish()
    } catch (error) {
      if (!(error instanceof Unread)) throw error
      await finish()
      if (depth > 0) throw error
      tellSkipped({ skipped: unit.name.text, reason: error.message })
    }

    async function finish(): Promise<void> {
      const last = scanner.end()
      tellGivenUp(unit)
      const hits = kept?.end(last) ?? last
      if (hits.length > 0) await tellHits(unit, hits, around)
    }

    async function* tap(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of readable(input)) {
        if (depth === 0) {
          sink.counts.bytes += chunk.length
          budget.spend(chunk.length)
        }
        for (const piece of kept === null ? [chunk] : pieces(chunk)) {
          const found = scanner.push(piece)
          const hits = kept?.push(piece, found) ?? found
          if (hits.length > 0) await tellHits(unit, hits, around)
        }
        const breath = sink.breathe()
        if (breath !== null) await breath
        yield chunk
      }
    }
  }

  async function readInside(
    items: AsyncIterable<Unit | Skipped>,
    depth: number,
    budget: Budget,
  ): Promise<void> {
    for await (const item of items) {
      if (isSkipped(item)) tellSkipped(item)
      else if (item.bytes instanceof Uint8Array) await readStream(item, once(item.bytes), depth + 1, budget)
      else await readStream(item, item.bytes, depth + 1, budget)
    }
  }

  function looksInside(head: Uint8Array): boolean {
    if (isUnsupportedContainer(head)) {
      sink.excluded['unsupportedContainers'] = (sink.excluded['unsupportedContainers'] ?? 0) + 1
      return false
    }
    return head[0] === 0x1f && containerOf(head) !== null
  }
}

/** The first bytes, and an iterator over everything that several loops may share. */
async function peek(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<{ head: Uint8Array; all: AsyncIterableIterator<Uint8Array> }> {
  const first = await chunks.next()
  let held = first.done === true ? null : first.value
  while (held !== null && held.length < headLength) {
    const kept: Uint8Array = Uint8Array.from(held)
    const next = await chunks.next()
    held = next.done === true ? kept : Buffer.concat([kept, next.value])
    if (next.done === true) break
  }
  const head = held ?? new Uint8Array(0)
  const all: AsyncIterableIterator<Uint8Array> = {
    async next() {
      if (held === null) return chunks.next()
      const value = held
      held = null
      return { value, done: false }
    },
    [Symbol.asyncIterator]: () => all,
  }
  return { head, all }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** The source could not go on in the middle of a unit: what came before is scanned, the unit is skipped. */
class Unread extends Error {}

async function* readable(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = input[Symbol.asyncIterator]()
  for (;;) {
    let next: IteratorResult<Uint8Array>
    try {
      next = await chunks.next()
    } catch (error) {
      if (error instanceof Unread) throw error
      throw new Unread(error instanceof Error ? error.message : String(error), { cause: error })
    }
    if (next.done === true) return
    yield next.value
  }
}
