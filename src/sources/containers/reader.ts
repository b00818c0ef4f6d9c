/** Pulls bytes from a unit in pieces of any length, and takes back what was read too far. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #held: Uint8Array = new Uint8Array(0)

  constructor(bytes: Uint8Array | AsyncIterable<Uint8Array>) {
    this.#chunks = (bytes instanceof Uint8Array ? once(bytes) : bytes)[Symbol.asyncIterator]()
  }

  /** The next piece, whatever its length; null at the end. */
  async next(): Promise<Uint8Array | null> {
    if (this.#held.length > 0) {
      const held = this.#held
      this.#held = new Uint8Array(0)
      return held
    }
    for (;;) {
      const chunk = await this.#chunks.next()
      if (chunk.done === true) return null
      if (chunk.value.length > 0) return chunk.value
    }
  }

  unread(bytes: Uint8Array): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([bytes, this.#held])
  }

  /** Up to `length` bytes; fewer only at the end. */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length)
    this.#held = this.#held.subarray(bytes.length)
    return bytes
  }

  async peek(length: number): Promise<Uint8Array> {
    while (this.#held.length < length) {
      // The source uses its memory again when it is asked for more.
      const held = Uint8Array.from(this.#held)
      const chunk = await this.#chunks.next()
      if (chunk.done === true) {
        this.#held = held
        break
      }
      this.#held = held.length === 0 ? chunk.value : Buffer.concat([held, chunk.value])
    }
    return this.#held.subarray(0, length)
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
