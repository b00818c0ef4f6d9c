import { type Fingerprint, type Secret, secretOf } from '../secret/index.ts'
import { alphanumeric, prefix, prefixBytes, shortestNear } from './alphabet.ts'
import { judge, judgeExample } from './judgement/index.ts'
import type { Confidence, KnownKeys } from './types.ts'

/** Length of the body of every key that the service issues. */
export const bodyLength = 48
const longestNear = 128
/** A body of the inventory longer than this is not looked for. */
const longestKnown = 4096
const shortestKnown = 8

export interface ReadOptions {
  readonly known: KnownKeys | null
  readonly examples: boolean
  readonly near: boolean
  /** Told of each container in base64 that is not opened. */
  readonly embedded?: () => void
  /** Told of each run that may be the body of a key, without its prefix. */
  readonly bareBody?: (fingerprint: Fingerprint) => void
  /** Told once a unit when not everything in it was unfolded. */
  readonly givenUp?: () => void
}

/** What stands at a prefix. */
export interface Reading {
  readonly secret: Secret
  readonly confidence: Confidence
  /** In bytes, the prefix included. */
  readonly length: number
  readonly why: string
}

/** How many bytes from a prefix on may be needed to say what stands there: the next token's prefix may end a run. */
export function tokenReach(options: ReadOptions): number {
  return prefix.length + (options.known === null ? longestNear : longestKnown) + prefix.length
}

/** Where the run of [A-Za-z0-9] after the prefix at `at` ends. */
export function runEnd(bytes: Uint8Array, at: number): number {
  let end = at + prefix.length
  while (end < bytes.length && alphanumeric[bytes[end] as number] === 1) end++
  return end
}

/** Two tokens glued together: the letters of the second's prefix are none of the first's. */
function withoutNextPrefix(bytes: Uint8Array, body: number, end: number): number {
  const next = end - (prefix.length - 1)
  if (next < body) return end
  return prefixBytes.every((byte, index) => bytes[next + index] === byte) ? next : end
}

/**
 * Reads the token whose prefix stands at `at`. The left side is not constrained; on the right the whole run of
 * [A-Za-z0-9], up to the next token's prefix, is taken and decided upon: 48 is a key, more than 128 is judged by its
 * first 48 (Go and Rust binaries store strings unseparated), anything else from 32 on is near when it looks random.
 */
export function readToken(bytes: Uint8Array, at: number, options: ReadOptions): Reading | null {
  const body = at + prefix.length
  const whole = runEnd(bytes, at) - body
  const run = withoutNextPrefix(bytes, body, body + whole) - body
  return (
    (options.known === null ? null : readKnown(bytes, body, [whole, run], options.known)) ??
    readShape(bytes, body, run, options) ??
    (options.examples ? readExample(bytes, body, run) : null)
  )
}

/**
 * The inventory is asked for the whole run, for what of it stands before the next prefix, for the first 48 of a longer
 * one, and for every shape that it holds.
 */
function readKnown(
  bytes: Uint8Array,
  body: number,
  runs: readonly number[],
  known: KnownKeys,
): Reading | null {
  for (const length of knownLengths(bytes.length - body, runs, known)) {
    if (holdsBlank(bytes, body, body + length)) continue
    const secret = secretAt(bytes, body, length)
    if (!known.has(secret.fingerprint)) continue
    return {
      secret,
      confidence: 'known',
      length: prefix.length + length,
      why: 'its fingerprint is in the inventory',
    }
  }
  return null
}

/** No key holds white space: what is read across some is not worth a fingerprint. */
function holdsBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((bytes[i] as number) <= 0x20) return true
  return false
}

function knownLengths(available: number, runs: readonly number[], known: KnownKeys): ReadonlySet<number> {
  const lengths = new Set<number>()
  const longest = Math.max(...runs)
  for (const run of runs) if (run >= shortestKnown && run <= longestKnown) lengths.add(run)
  if (longest > bodyLength) lengths.add(bodyLength)
  for (const shape of known.shapes) {
    if (shape.bodyLength <= Math.min(longestKnown, shape.alphanumeric ? longest : available))
      lengths.add(shape.bodyLength)
  }
  return lengths
}

function readShape(bytes: Uint8Array, body: number, run: number, options: ReadOptions): Reading | null {
  if (run < shortestNear) return null
  const isExact = run === bodyLength || run > longestNear
  if (!isExact && !options.near) return null
  const length = isExact ? bodyLength : run
  const verdict = judge(textAt(bytes, body, length), isExact ? 'exact' : 'near')
  if (!verdict.key) return reading(bytes, body, length, 'example', verdict.why)
  const why =
    run > longestNear
      ? `${verdict.why}; judged by the first ${bodyLength} of more than ${longestNear} characters`
      : verdict.why
  return reading(bytes, body, length, isExact ? 'exact' : 'near', why)
}

/** A name or a placeholder, with what may stand in one. */
function readExample(bytes: Uint8Array, body: number, run: number): Reading | null {
  let end = body + run
  while (end < bytes.length && end - body < longestNear && isNameByte(bytes[end] as number)) end++
  while (end > body && alphanumeric[bytes[end - 1] as number] === 0) end--
  if (end - body < 2) return null
  return reading(bytes, body, end - body, 'example', judgeExample(textAt(bytes, body, end - body)))
}

function reading(
  bytes: Uint8Array,
  body: number,
  length: number,
  confidence: Confidence,
  why: string,
): Reading {
  return { secret: secretAt(bytes, body, length), confidence, length: prefix.length + length, why }
}

function secretAt(bytes: Uint8Array, body: number, length: number): Secret {
  return secretOf(prefix + textAt(bytes, body, length))
}

function textAt(bytes: Uint8Array, from: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('utf8')
}

function isNameByte(byte: number): boolean {
  return alphanumeric[byte] === 1 || byte === 0x2d || byte === 0x5f || byte === 0x2e
}
