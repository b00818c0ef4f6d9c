/** Bytes after an encoder, and for each byte before it where what stands for it begins and ends. */
export interface Placed {
  readonly bytes: Buffer
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

export type Encode = (input: Buffer) => Placed

/** Puts pieces one after another; a piece may stand for one or more bytes of the input. */
export function builder() {
  const parts: Buffer[] = []
  const starts: number[] = []
  const ends: number[] = []
  let length = 0
  return {
    /** What stands for nothing. */
    add(text: string | Buffer) {
      const part = typeof text === 'string' ? Buffer.from(text) : text
      parts.push(part)
      length += part.length
    },
    /** What stands for the next `count` bytes. */
    put(text: string | Buffer, count = 1) {
      const from = length
      this.add(text)
      for (let i = 0; i < count; i++) {
        starts.push(from)
        ends.push(length)
      }
    },
    done(): Placed {
      return { bytes: Buffer.concat(parts), starts, ends }
    },
  }
}

/** Each byte by itself. */
export function eachByte(write: (byte: number, index: number) => string): Encode {
  return (input) => {
    const out = builder()
    input.forEach((byte, index) => out.put(write(byte, index)))
    return out.done()
  }
}

/** Each character (code point) of UTF-8 text by itself. */
export function eachCharacter(write: (character: string, index: number) => string | Buffer): Encode {
  return (input) => {
    const out = builder()
    let index = 0
    for (const character of input.toString('utf8')) {
      out.put(write(character, index++), Buffer.byteLength(character))
    }
    return out.done()
  }
}

/** Text in pieces of `size` characters, with something before, between and after. */
export function inPieces(size: number, before: string, between: string, after: string): Encode {
  return (input) => {
    const out = builder()
    out.add(before)
    Array.from(input.toString('utf8')).forEach((character, index) => {
      if (index > 0 && index % size === 0) out.add(between)
      out.put(character, Buffer.byteLength(character))
    })
    out.add(after)
    return out.done()
  }
}

/** Digits of `bits` bits each (base64, base32, hex), wrapped or not. */
export function inDigits(
  text: (input: Buffer) => string,
  bits: number,
  wrap: { readonly width: number; readonly end: string; readonly margin?: string } | null = null,
): Encode {
  return (input) => {
    const digits = text(input)
    const places: number[] = []
    let out = ''
    Array.from(digits).forEach((digit, index) => {
      if (wrap !== null && index % wrap.width === 0)
        out += (index === 0 ? '' : wrap.end) + (wrap.margin ?? '')
      places.push(out.length)
      out += digit
    })
    const at = (digit: number) => places[digit] ?? out.length
    return {
      bytes: Buffer.from(out, 'latin1'),
      starts: Array.from(input, (_, i) => at(Math.floor((8 * i) / bits))),
      ends: Array.from(input, (_, i) => at(Math.floor((8 * i + 7) / bits)) + 1),
    }
  }
}

/** The same encoder on text between two others. */
export function between(before: string, encode: Encode, after: string): Encode {
  return (input) => {
    const inner = encode(input)
    const shift = Buffer.byteLength(before)
    return {
      bytes: Buffer.concat([Buffer.from(before), inner.bytes, Buffer.from(after)]),
      starts: inner.starts.map((at) => at + shift),
      ends: inner.ends.map((at) => at + shift),
    }
  }
}

/** One encoder inside of another. */
export function nested(outer: Encode, inner: Encode): Encode {
  return (input) => {
    const first = inner(input)
    const second = outer(first.bytes)
    return {
      bytes: second.bytes,
      starts: first.starts.map((at) => second.starts[at] ?? -1),
      ends: first.ends.map((at) => second.ends[at - 1] ?? -1),
    }
  }
}
