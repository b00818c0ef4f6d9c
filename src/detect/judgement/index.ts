import { rule } from '../rule.ts'
import { isDigest } from './digest.ts'
import { orderlyShare } from './order.ts'
import { writtenShare } from './written.ts'

export interface Verdict {
  readonly key: boolean
  /** In words for a person; holds nothing of the text. */
  readonly why: string
}

/** Share of characters that belong to a walk, a repeat or a word, from which on a text was made by a person. */
const orderly = 0.5
/** Share of pairs that are frequent in English, from which on a text is English: random text has a seventh. */
const written = 0.55
/** In few pairs chance has more room: at 33 characters random text reached 0.55 twice in 60,000, this never in 600,000. */
const writtenShort = 0.68

/**
 * Judges 32 to 128 of [A-Za-z0-9] after the prefix by what the text is, not by its entropy: random hex, which an
 * entropy threshold throws away, is a key; order, however rich in characters, is a placeholder.
 */
export function judge(body: string, shape: 'exact' | 'near'): Verdict {
  const reason = whyWritten(body) ?? (shape === 'near' ? whyNoNear(body) : null)
  if (reason !== null) return { key: false, why: reason }
  const size = `${body.length} characters after the prefix`
  return {
    key: true,
    why: shape === 'exact' ? `${size}, in no order` : `${size}, not 48, but they look random`,
  }
}

/** Why a text that is too short or too odd to be a key was taken for an example. */
export function judgeExample(text: string): string {
  if (rule.samples.includes(text)) return 'a sample from the documentation'
  const first = text.toLowerCase().split(/[-_.]/, 1)[0] ?? ''
  if (rule.names.includes(first)) return 'the name of a model or product'
  return `only ${text.length} characters after the prefix, or not of [A-Za-z0-9]`
}

function whyWritten(body: string): string | null {
  if (new Set(body).size <= fewest(body.length)) return 'only a few different characters'
  if (orderlyShare(body) >= orderly) return 'orderly: characters in sequence, repeated, or words'
  if (writtenShare(body) >= (body.length < 37 ? writtenShort : written)) return 'reads as written text'
  return null
}

function whyNoNear(body: string): string | null {
  if (isDigest(body)) return `a digest: ${body.length} digits of lower-case hex`
  if (/^[0-9]+$/.test(body)) return 'digits only'
  return null
}

/** So few different characters come up in random hex of this length less than once in ten million times. */
function fewest(length: number): number {
  return length < 40 ? 6 : length < 48 ? 7 : 8
}
