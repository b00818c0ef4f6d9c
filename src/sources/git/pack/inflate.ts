import { constants, createInflate, inflateSync } from 'node:zlib'
import { Damaged } from './types.ts'

/**
 * Inflates the zlib stream in `input` from `from` to `to` into `out` at `at`: exactly `size` bytes, its checksum right,
 * or it throws `Damaged`. `out` has room for `slack` bytes more, which may be overwritten.
 */
export type Inflate = (
  input: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
  size: number,
) => void

/** Room behind what is inflated, so that a stream that is too long shows. */
export const slack = 8

/** What zlib's streams are made of in Node 20 to 24; not documented, so it is tried before it is used. */
interface Internals {
  readonly _handle?: {
    reset(): void
    writeSync(...args: [flush: number, ...input: InputRange, ...output: InputRange]): void
  }
  readonly _writeState?: Uint32Array
}

type InputRange = [bytes: Uint8Array, offset: number, length: number]

/** One inflater that is used again takes a third of the time of one for each object. */
export function createInflater(): Inflate {
  const reused = reusing()
  if (reused !== null && isRight(reused)) return reused
  return inflateAnew
}

function reusing(): Inflate | null {
  const { _handle: handle, _writeState: state } = createInflate() as unknown as Internals
  if (typeof handle?.writeSync !== 'function' || typeof handle.reset !== 'function') return null
  if (!(state instanceof Uint32Array)) return null
  /** What the handle calls when it cannot go on. */
  let failure: string | null = null
  Object.assign(handle, {
    onerror(message: string) {
      failure = message
    },
  })
  return (input, from, to, out, at, size) => {
    failure = null
    handle.reset()
    handle.writeSync(constants.Z_FINISH, input, from, to - from, out, at, size + slack)
    if (failure !== null) throw new Damaged(failure)
    if (state[0] !== slack) throw new Damaged('it is not as long as it says')
  }
}

function inflateAnew(...[input, from, to, out, at, size]: Parameters<Inflate>): void {
  let bytes: Uint8Array
  try {
    bytes = inflateSync(input.subarray(from, to), { maxOutputLength: size + slack })
  } catch (error) {
    throw new Damaged(error instanceof Error ? error.message : String(error), { cause: error })
  }
  if (bytes.length !== size) throw new Damaged('it is not as long as it says')
  out.set(bytes, at)
}

/** `abcabcabc` as zlib writes it. https://www.rfc-editor.org/rfc/rfc1950 */
const sample = Buffer.from('789c4b4c4a4e042300113d0373', 'hex')

/** Whether it gives what it should, twice, and refuses what it should. */
function isRight(inflate: Inflate): boolean {
  const out = Buffer.alloc(9 + slack)
  try {
    for (const _ of 'ab') {
      out.fill(0)
      inflate(sample, 0, sample.length, out, 0, 9)
      if (out.toString('latin1', 0, 9) !== 'abcabcabc') return false
    }
  } catch {
    return false
  }
  const damaged = Buffer.from(sample)
  damaged[damaged.length - 1] = 0
  return [sample.subarray(0, -3), damaged].every((bytes) => {
    try {
      inflate(bytes, 0, bytes.length, out, 0, 9)
      return false
    } catch {
      return true
    }
  })
}
