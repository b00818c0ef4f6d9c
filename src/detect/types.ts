import type { Fingerprint, Secret } from '../secret/index.ts'
import type { Rewritten } from './rewrite.ts'

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
  /** Called for each run of a body's length, with the fingerprint of the key that it would be: once the key is known, it is one. */
  readonly onBareBody?: (fingerprint: Fingerprint) => void
}

/** Prepared once for a scan, used for every unit. */
export interface Detector {
  /** The whole unit at once. Clean bytes cost no allocation: the same empty array comes back. */
  scan(bytes: Uint8Array): readonly Hit[]
  /**
   * The whole unit, when it was made by changing another one in which there was nothing (`wasClean`): only its `parts`
   * (ascending: from, to, from, to) are looked at, unless something stands there. All that is new has to lie in them, and
   * 256 bytes before and behind; so has every place where something was taken out.
   */
  scanParts(bytes: Uint8Array, parts: Int32Array): readonly Hit[]
  /** Whether the unit that was scanned last as a whole held nothing that looks like a token, examples included. */
  wasClean(): boolean
  /** A unit in pieces: a token over any boundary is found once, memory stays bounded. */
  scanner(): Scanner
  /**
   * Whether something scanned since this was last asked holds more layers of encoding than it is worth to unfold, so
   * that not all of them were searched. Only text that was made for it does.
   */
  hasGivenUp(): boolean
}

export interface Scanner {
  /** Hits that are certain by now. The chunk is not kept beyond the call; its bytes are copied where needed. */
  push(chunk: Uint8Array): readonly Hit[]
  /** The rest. */
  end(): readonly Hit[]
}

/** What a wrapping may know of the unit besides the bytes around its anchor. */
export interface UnitFacts {
  /** Offset in the unit of the first of the bytes. */
  readonly base: number
  readonly text: TextKind
}

/** How text is read. The first four bytes tell how a wrapping may read; lines and columns look further (position.ts). */
export type TextKind = 'bytes' | 'utf-16le' | 'utf-16be'

/** One way of writing bytes as other bytes: what it decodes to has nothing of the original left in it. */
export interface Carrier {
  readonly id: Encoding
  /** Every prefix that is written in this way holds one of these as contiguous bytes. Made anew: asked for once. */
  readonly needles: () => readonly CarrierNeedle[]
  /** How many readings of the same bytes there are, as a group of characters may begin at any of so many places. */
  readonly group: number
  /**
   * Decodes outward from `at` within a bounded window; `needle` is its place in the list, or -1 when something else led
   * here. A group of characters begins `phase` before it. None when the bytes are not this.
   */
  decode(bytes: Uint8Array, at: number, phase: number, needle: number, unit: UnitFacts): readonly Decoded[]
  /** Which of the `group` readings that is: anchors of the same one that lie in what was decoded have been seen to. */
  readingOf(bytes: Uint8Array, at: number, phase: number, unit: UnitFacts): number
}

export interface CarrierNeedle {
  readonly bytes: Uint8Array
  /** How many characters before it its group begins. */
  readonly phase: number
}

/** One way in which parts of a text are escaped, broken or dressed up, and the rest is left as it is. */
export interface Inline {
  readonly id: Encoding
  /** 1 for the bytes with which an escape begins. */
  readonly isTrigger: Uint8Array
  /** 1 for the bytes that may come next; any may when this is missing. Only for looking where to look. */
  readonly mayFollow?: Uint8Array
  /** Where an escape begins at `at`: writes to `out` what it stands for and returns its length; 0 where none does. */
  step(bytes: Uint8Array, at: number, out: Rewritten): number
  /** Whether the escape at `at` stands for a character: a dense row of these is decoded whatever it says. */
  isDense?(bytes: Uint8Array, at: number): boolean
  /** It only takes away, or makes one character of another: doing it twice, or in another order, changes nothing. */
  readonly isBreak?: boolean
  /** How many bytes `step` may look at. Default 64. */
  readonly longest?: number
  /** What it joins may never have belonged together: only exact and known tokens count. */
  readonly isWeak?: boolean
}

/** Bytes that a wrapping uncovered, each with its place in the original. */
export interface Decoded {
  readonly bytes: Uint8Array
  readonly encoding: Encoding
  /** Offset in the original of the first source byte that carries a bit of decoded byte `index`. */
  start(index: number): number
  /** Offset in the original after the last source byte that carries a bit of decoded byte `index`. */
  end(index: number): number
  /** Up to where the original was looked at; by default where the last byte ends. */
  readonly until?: number
  /** Whether the bytes `from` to `to` are the original's own. Default: never. */
  isSame?(from: number, to: number): boolean
  readonly isWeak?: boolean
}
