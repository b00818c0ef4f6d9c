import type { Encoding } from '../../detect/types.ts'
import type { Skipped, Unit } from '../types.ts'

/** Bytes that hold units. */
export interface Container {
  readonly id: Encoding
  /** By a validated header, never by a name and never by two letters. `head` holds at least `headLength` bytes of a longer unit. */
  recognise(head: Uint8Array): boolean
  /**
   * What is inside; damage is a Skipped after what could still be read. Reads `unit` once, from its start; whoever
   * opens it drains what is left.
   */
  open(unit: Unit, budget: Budget): AsyncIterable<Unit | Skipped>
}

/** How many bytes of a unit `recognise` wants to see. */
export const headLength = 512

export interface Limits {
  /** Containers inside containers. */
  readonly depth: number
  /** Bytes that one unit may unfold to, all depths together. */
  readonly bytes: number
  /** Bytes out for each byte in, once `freeBytes` have come out. */
  readonly ratio: number
  readonly freeBytes: number
  readonly milliseconds: number
}

export const defaultLimits: Limits = {
  depth: 8,
  bytes: 64 * 2 ** 30,
  ratio: 250,
  freeBytes: 256 * 2 ** 20,
  milliseconds: 30 * 60_000,
}

/** What one unit of the source has cost so far, whatever is nested in it. */
export interface Budget {
  /** Bytes of the source's own unit that were read. */
  spend(bytesRead: number): void
  /** Bytes that a container gave; a text says which cap they break. */
  unfold(bytesOut: number): string | null
}

export function budgetOf(limits: Limits, now: () => number): Budget {
  const started = now()
  let read = 0
  let out = 0
  return {
    spend(bytes) {
      read += bytes
    },
    unfold(bytes) {
      out += bytes
      if (out > limits.bytes) return `it unfolds to more than ${limits.bytes} bytes`
      if (out > limits.freeBytes && out > read * limits.ratio)
        return `it unfolds to more than ${limits.ratio} times its size`
      if (now() - started > limits.milliseconds)
        return `opening it takes longer than ${limits.milliseconds / 1000} s`
      return null
    },
  }
}
