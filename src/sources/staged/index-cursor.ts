import { OnlyGitKnows } from './only-git.ts'

/** The entries of an index, one after another; what it says is of the entry that it stands at. */
export interface IndexCursor {
  ended(): boolean
  /** Valid until the next step. */
  path(): Buffer
  mode(): number
  /** Where in the file its object's id begins. */
  idAt(): number
  /** 0: merged. */
  stage(): number
  intentToAdd(): boolean
  skip(count: number): void
}

/** Bytes before an entry's id: times, device, mode, owner, size. */
const beforeId = 40
const modeAt = 24
const EXTENDED = 0x4000
const RESERVED = 0x8000
const INTENT_TO_ADD = 0x2000
/** Twelve bits for the length of a name; longer ones are said to be this long. */
const LENGTH = 0xfff

/**
 * Entries of an index of version 2, 3 or 4 that begin at byte 12. Throws `OnlyGitKnows` or a RangeError where they
 * are not what they should be. https://git-scm.com/docs/index-format
 */
export function openEntries(file: Buffer, version: number, count: number, idLength: number) {
  const starts = version === 4 ? startsOfPacked(file, count, idLength) : startsOf(file, count, idLength)
  const cursor = version === 4 ? packedCursor(file, starts, idLength) : plainCursor(file, starts, idLength)
  return { cursor, end: starts[count] as number }
}

/** Of the name, or in version 4 of what it shares with the one before. */
function nameStart(file: Buffer, start: number, idLength: number): number {
  const flags = start + beforeId + idLength
  if ((file.readUInt16BE(flags) & EXTENDED) === 0) return flags + 2
  if ((file.readUInt16BE(flags + 2) & RESERVED) !== 0) throw new OnlyGitKnows('a flag of an entry')
  return flags + 4
}

/** Entries end in one to eight NULs, at a multiple of eight. Of a large index this loop is most of the work. */
function startsOf(file: Buffer, count: number, idLength: number): Uint32Array {
  const starts = new Uint32Array(count + 1)
  const beforeFlags = beforeId + idLength
  let at = 12
  for (let i = 0; i < count; i++) {
    starts[i] = at
    const flags = at + beforeFlags
    const high = file[flags] as number
    const length = ((high << 8) | (file[flags + 1] as number)) & LENGTH
    const name = (high & (EXTENDED >> 8)) === 0 ? flags + 2 : nameStart(file, at, idLength)
    const end = length === LENGTH ? file.indexOf(0, name + length) : name + length
    if (file[end] !== 0) throw new OnlyGitKnows('the length of a name')
    at += ((end - at) & ~7) + 8
  }
  starts[count] = at
  return starts
}

function startsOfPacked(file: Buffer, count: number, idLength: number): Uint32Array {
  const starts = new Uint32Array(count + 1)
  let at = 12
  for (let i = 0; i < count; i++) {
    starts[i] = at
    at = file.indexOf(0, afterVarint(file, nameStart(file, at, idLength))) + 1
    if (at === 0) throw new OnlyGitKnows('a name without an end')
  }
  starts[count] = at
  return starts
}

function plainCursor(file: Buffer, starts: Uint32Array, idLength: number): IndexCursor {
  let entry = 0
  const start = (): number => starts[entry] as number
  return {
    ...cursorAt(file, start, idLength),
    ended: () => entry >= starts.length - 1,
    path() {
      const name = nameStart(file, start(), idLength)
      return file.subarray(name, file.indexOf(0, name))
    },
    skip(count) {
      entry = within(entry + count, starts)
    },
  }
}

/** A name is how many bytes to take off the end of the one before, and what comes instead. */
function packedCursor(file: Buffer, starts: Uint32Array, idLength: number): IndexCursor {
  let entry = 0
  let name = Buffer.alloc(4096)
  let length = 0
  const start = (): number => starts[entry] as number
  const ended = (): boolean => entry >= starts.length - 1
  unpack()
  return {
    ...cursorAt(file, start, idLength),
    ended,
    path: () => name.subarray(0, length),
    skip(count) {
      for (const last = within(entry + count, starts); entry < last; ) {
        entry += 1
        unpack()
      }
    },
  }

  function unpack(): void {
    if (ended()) return
    const varint = nameStart(file, start(), idLength)
    const from = afterVarint(file, varint)
    const to = (starts[entry + 1] as number) - 1
    length -= readVarint(file, varint)
    if (length < 0) throw new OnlyGitKnows('a name that is shorter than nothing')
    if (length + to - from > name.length) name = Buffer.concat([name], (length + to - from) * 2)
    length += file.copy(name, length, from, to)
  }
}

function cursorAt(file: Buffer, start: () => number, idLength: number) {
  const flags = (): number => file.readUInt16BE(start() + beforeId + idLength)
  return {
    mode: () => file.readUInt32BE(start() + modeAt),
    idAt: () => start() + beforeId,
    stage: () => (flags() >> 12) & 3,
    intentToAdd: () =>
      (flags() & EXTENDED) !== 0 &&
      (file.readUInt16BE(start() + beforeId + idLength + 2) & INTENT_TO_ADD) !== 0,
  }
}

function within(entry: number, starts: Uint32Array): number {
  if (entry >= starts.length) throw new OnlyGitKnows('more entries than there are')
  return entry
}

/** As offsets of deltas in packs: seven bits a byte, the highest first, each further byte counts from one on. */
function readVarint(file: Buffer, at: number): number {
  let value = (file[at] as number) & 127
  for (let i = at; ((file[i] as number) & 128) !== 0; i++)
    value = (value + 1) * 128 + ((file[i + 1] as number) & 127)
  return value
}

function afterVarint(file: Buffer, at: number): number {
  let end = at
  while (((file[end] as number) & 128) !== 0) end += 1
  return end + 1
}
