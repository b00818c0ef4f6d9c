import type { Fingerprint, Secret } from '../secret/index.ts'

/**
 * How a token was wrapped, outermost first; plain is the empty list. A closed list, published in the JSON Schema;
 * more of them are produced as more wrappings and containers are built.
 */
export type Encoding =
  | 'utf-16le'
  | 'utf-16be'
  | 'utf-32le'
  | 'utf-32be'
  | 'percent'
  | 'base64'
  | 'base64url'
  | 'base32'
  | 'hex'
  | 'bytes-decimal'
  | 'escape'
  | 'html-entity'
  | 'quoted-printable'
  | 'ansi'
  | 'invisible'
  | 'concatenation'
  | 'continuation'
  | 'markup'
  | 'gzip'
  | 'zip'
  | 'tar'
  | 'zstd'
  | 'xz'
  | 'bzip2'
  | 'brotli'

/** `known`: its fingerprint is in the inventory. `example`: judged written, not random; handed out only when asked for. */
export type Confidence = 'known' | 'exact' | 'near' | 'example'

/** One place in one unit. Offsets are bytes of the unit as scanned; line and column are 1-based, a column is a UTF-16 code unit. */
export interface Hit {
  readonly secret: Secret
  readonly confidence: Confidence
  readonly encodings: readonly Encoding[]
  readonly byteOffset: number
  readonly byteLength: number
  readonly line: number
  readonly column: number
  /** Why the text was or was not taken for a key, in words for a person. */
  readonly why: string
}

/** What the scanner asks of the inventory: no tokens, only fingerprints and the shapes they have. */
export interface KnownKeys {
  /** 0 when nothing is known: the scanner then saves itself every look-up. */
  readonly size: number
  has(fingerprint: Fingerprint): boolean
  /** Distinct shapes of known tokens: length of the body (what follows `pplx-`) and whether all of it is [A-Za-z0-9]. */
  readonly shapes: readonly { readonly bodyLength: number; readonly alphanumeric: boolean }[]
}

export interface DetectorOptions {
  readonly known?: KnownKeys
  /** Also hand out what was judged an example. Default false. */
  readonly examples?: boolean
  /** Default `near`. */
  readonly minConfidence?: 'near' | 'exact'
  /** Called for each container that is written in base64 (gzip): what is in it is not searched. */
  readonly onEmbedded?: () => void
}

/** Prepared once for a scan, used for every unit. */
export interface Detector {
  /** The whole unit at once. Clean bytes cost no allocation: the same empty array comes back. */
  scan(bytes: Uint8Array): readonly Hit[]
  /** A unit in pieces: a token over any boundary is found once, memory stays bounded. */
  scanner(): Scanner
}

export interface Scanner {
  /** Hits that are certain by now. The chunk is not kept beyond the call; its bytes are copied where needed. */
  push(chunk: Uint8Array): readonly Hit[]
  /** The rest. */
  end(): readonly Hit[]
}

/** One way in which a token can be written. */
export interface Wrapping {
  readonly id: Encoding
  /** Every occurrence of this wrapping holds one of these as contiguous bytes. */
  readonly needles: readonly Uint8Array[]
  /** Decodes outward from a needle at `at` within a bounded window; null when the bytes there are not this wrapping. */
  decodeAround(bytes: Uint8Array, at: number, needle: number, unit?: UnitFacts): readonly Decoded[]
}

/** What a wrapping may know of the unit besides the bytes around its needle. */
export interface UnitFacts {
  /** Offset in the unit of the first of the bytes. */
  readonly base: number
  readonly text: TextKind
}

/** How text is read. The first four bytes tell how a wrapping may read; lines and columns look further (position.ts). */
export type TextKind = 'bytes' | 'utf-16le' | 'utf-16be'

/** Bytes that a wrapping uncovered, each with its place in the original. */
export interface Decoded {
  readonly bytes: Uint8Array
  readonly encoding: Encoding
  /** Offset in the original of the first source byte that carries a bit of decoded byte `index`. */
  start(index: number): number
  /** Offset in the original after the last source byte that carries a bit of decoded byte `index`. */
  end(index: number): number
}
