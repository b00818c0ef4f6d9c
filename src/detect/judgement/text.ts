/** Symbols: a…z are 0 to 25, upper case too; digits are 26 to 35. */
export interface Text {
  readonly length: number
  /** As they stand, upper case apart from lower: numbers below 64. */
  readonly characters: Uint8Array
  readonly symbols: Uint8Array
  /** 1 where a letter is upper case. */
  readonly upper: Uint8Array
  /** Bits that a character takes when any of the text's own alphabet is as likely. */
  readonly chance: number
  /** Size of the text's alphabet. */
  readonly alphabet: number
  /** The alphabet holds letters of both cases, so that the case of each has to be described. */
  readonly bothCases: boolean
}

export const firstDigit = 26

/** Takes [A-Za-z0-9]. */
export function textOf(body: string): Text {
  const characters = new Uint8Array(body.length)
  const symbols = new Uint8Array(body.length)
  const upper = new Uint8Array(body.length)
  for (let i = 0; i < body.length; i++) {
    const code = body.charCodeAt(i)
    if (code < 0x3a) symbols[i] = code - 0x30 + firstDigit
    else {
      upper[i] = code < 0x61 ? 1 : 0
      symbols[i] = (code | 0x20) - 0x61
    }
    characters[i] = (symbols[i] as number) + (code < 0x61 && code > 0x3a ? 36 : 0)
  }
  const { alphabet, bothCases } = alphabetOf(body)
  return {
    length: body.length,
    characters,
    symbols,
    upper,
    chance: Math.log2(alphabet),
    alphabet,
    bothCases,
  }
}

interface Alphabet {
  readonly alphabet: number
  readonly bothCases: boolean
}

/** The smallest alphabet in use that holds the text: taking a larger one would make order out of a lack of characters. */
const alphabets: readonly (readonly [RegExp, Alphabet])[] = [
  [/^[0-9]*$/, { alphabet: 10, bothCases: false }],
  [/^(?:[0-9a-f]*|[0-9A-F]*)$/, { alphabet: 16, bothCases: false }],
  [/^(?:[a-z]*|[A-Z]*)$/, { alphabet: 26, bothCases: false }],
  [/^(?:[a-z2-7]*|[A-Z2-7]*)$/, { alphabet: 32, bothCases: false }],
  [/^(?:[a-z0-9]*|[A-Z0-9]*)$/, { alphabet: 36, bothCases: false }],
  [/^[A-Za-z]*$/, { alphabet: 52, bothCases: true }],
  [/^[1-9A-HJ-NP-Za-km-z]*$/, { alphabet: 58, bothCases: true }],
]
const everything: Alphabet = { alphabet: 62, bothCases: true }

function alphabetOf(body: string): Alphabet {
  return alphabets.find(([pattern]) => pattern.test(body))?.[1] ?? everything
}
