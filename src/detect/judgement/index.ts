import { rule } from '../rule.ts'
import { describe } from './description.ts'
import { isDigest } from './digest.ts'
import { isEncodedText } from './encoded.ts'
import { type Limits, limits } from './limits.ts'
import { textOf } from './text.ts'
import { whyKey, whyMade } from './why.ts'

export interface Verdict {
  readonly key: boolean
  /** In words for a person; holds nothing of the text. */
  readonly why: string
}

/**
 * Judges 32 to 128 of [A-Za-z0-9] after the prefix by what the text is, not by its entropy: random hex, which an
 * entropy threshold throws away, is a key; order, however rich in characters, is a placeholder.
 */
export function judge(body: string, shape: 'exact' | 'near', within: Limits = limits): Verdict {
  const reason = whyNeither(body) ?? (shape === 'near' ? whyNoNear(body) : null)
  if (reason !== null) return { key: false, why: reason }
  const description = describe(textOf(body), within)
  const made = body.length - description.covered.chance
  if (description.saved >= within.bits && made >= within.share * body.length)
    return { key: false, why: whyMade(description, within) }
  const size = `${body.length} characters after the prefix${shape === 'exact' ? '' : ', not 48'}`
  return { key: true, why: `${size}, ${whyKey(description, within)}` }
}

/** Why a text that is too short or too odd to be a key was taken for an example. */
export function judgeExample(text: string): string {
  if (rule.samples.includes(text)) return 'a sample from the documentation'
  const first = text.toLowerCase().split(/[-_.]/, 1)[0] ?? ''
  if (rule.names.includes(first)) return 'the name of a model or product'
  if (/[-_.]/.test(text)) return 'words joined by hyphens, underscores or dots, which no key holds'
  return `only ${text.length} characters after the prefix`
}

function whyNeither(body: string): string | null {
  if (/^[0-9]+$/.test(body)) return 'digits only'
  return isEncodedText(body) ? 'written text in base64 or hex' : null
}

function whyNoNear(body: string): string | null {
  return isDigest(body) ? `a digest: ${body.length} digits of lower-case hex` : null
}
