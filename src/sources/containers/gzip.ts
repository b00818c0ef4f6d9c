import { crc32, createInflateRaw } from 'node:zlib'
import type { Skipped, Unit } from '../types.ts'
import { ByteReader } from './reader.ts'
import type { Budget, Container } from './types.ts'

/**
 * RFC 1952: magic, deflate, no reserved flag. Any operating system: zlib on Apple's writes 19, which the RFC does not
 * list. However short: what ends within its header is a damaged gzip, not a clean file.
 */
export const gzip: Container = {
  id: 'gzip',
  recognise: (head) => head.length > 2 && isMagic(head) && wrongWith(head) === null,
  async *open(unit, budget) {
    const outcome: Outcome = { skipped: null }
    yield { ...unit, bytes: members(unit, budget, outcome), encodings: [...unit.encodings, 'gzip'] }
    if (outcome.skipped !== null) yield outcome.skipped
  },
}

interface Outcome {
  skipped: Skipped | null
}

class Damage extends Error {}

function isMagic(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

/** Bytes that are not there are not wrong; whoever reads the header misses them. */
function wrongWith(head: Uint8Array): string | null {
  const [, , method, flags = 0] = head
  if (head.length > 2 && method !== 8) return `a member is compressed by method ${method}, which is unknown`
  return (flags & 0xe0) === 0 ? null : 'a member has a flag that RFC 1952 reserves'
}

/** Every member's content, one after the other; how it ended stands in `outcome`. */
async function* members(unit: Unit, budget: Budget, outcome: Outcome): AsyncGenerator<Uint8Array> {
  const input = new ByteReader(unit.bytes)
  try {
    while (await anotherMember(input)) {
      await skipHeader(input)
      let crc = 0
      let length = 0
      for await (const piece of inflate(input)) {
        const broken = budget.unfold(piece.length)
        if (broken !== null) throw new Damage(broken)
        crc = crc32(piece, crc)
        length = (length + piece.length) % 2 ** 32
        yield piece
      }
      const trailer = Buffer.from(await need(input, 8))
      if (trailer.readUInt32LE(0) !== crc) throw new Damage('gzip: its checksum does not match')
      if (trailer.readUInt32LE(4) !== length) throw new Damage('gzip: its length does not match')
    }
  } catch (error) {
    if (!(error instanceof Damage)) throw error
    outcome.skipped = { skipped: unit.name.text, reason: error.message }
  }
}

/**
 * gzip(1) ignores what follows the last member and is none; so do we, since the raw bytes are scanned anyway. What
 * begins like a member and cannot be read is damage.
 */
async function anotherMember(input: ByteReader): Promise<boolean> {
  const head = await input.peek(4)
  if (!isMagic(head)) return false
  const wrong = wrongWith(head)
  if (wrong !== null) throw new Damage(`gzip: ${wrong}`)
  return true
}

async function skipHeader(input: ByteReader): Promise<void> {
  const flags = (await need(input, 10))[3] ?? 0
  if ((flags & 4) !== 0) {
    const extra = await need(input, 2)
    await need(input, (extra[0] ?? 0) + 256 * (extra[1] ?? 0))
  }
  if ((flags & 8) !== 0) await skipText(input)
  if ((flags & 16) !== 0) await skipText(input)
  if ((flags & 2) !== 0) await need(input, 2)
}

async function skipText(input: ByteReader): Promise<void> {
  for (let length = 0; (await need(input, 1))[0] !== 0; length += 1) {
    if (length > 65536) throw new Damage('gzip: a name in its header has no end')
  }
}

async function need(input: ByteReader, length: number): Promise<Uint8Array> {
  const bytes = await input.take(length)
  if (bytes.length < length) throw new Damage('gzip: it ends too early')
  return bytes
}

/** One deflate stream; `input` is left at the byte after it. */
async function* inflate(input: ByteReader): AsyncGenerator<Uint8Array> {
  const engine = createInflateRaw({ chunkSize: 128 * 1024 })
  const feeding = feed(input, engine)
  feeding.catch((error: Error) => engine.destroy(error))
  try {
    for await (const piece of engine) yield piece as Buffer
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new Damage(`gzip: ${error.message}`)
    }
    throw error
  } finally {
    engine.destroy()
  }
  await feeding
}

/** Writes piece by piece until the engine leaves bytes over: those are the input's again. */
async function feed(input: ByteReader, engine: ReturnType<typeof createInflateRaw>): Promise<void> {
  let given = 0
  for (;;) {
    const chunk = await input.next()
    if (chunk === null) {
      engine.end()
      return
    }
    given += chunk.length
    const failed = await write(engine, chunk)
    const over = given - engine.bytesWritten
    if (over > 0) input.unread(chunk.subarray(chunk.length - over))
    if (over > 0 || failed) return
  }
}

/** Resolves once the engine has taken what it will take of `chunk`: true when it was closed meanwhile. */
function write(engine: ReturnType<typeof createInflateRaw>, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const closed = (): void => resolve(true)
    engine.once('close', closed)
    engine.write(chunk, () => {
      engine.off('close', closed)
      resolve(engine.destroyed)
    })
  })
}
