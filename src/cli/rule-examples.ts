import { createDetector, type Encoding, type Hit } from '../detect/index.ts'
import { secretOf } from '../secret/index.ts'
import type { IgnoreExample, MatchExample, RuleFile } from './rule-file.ts'

export interface RuleTest {
  readonly id: string
  readonly matches: number
  readonly ignores: number
  readonly failures: readonly { readonly example: string; readonly problem: string }[]
}

const alphabets = {
  mixed: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  lower: 'abcdefghijklmnopqrstuvwxyz0123456789',
  hex: '0123456789abcdef',
}

/** Runs every example of a rule: a match must be found once, as what it is, and nothing in what is to be ignored. */
export function testRule(rule: RuleFile): RuleTest {
  const detector = createDetector()
  const scan = (example: IgnoreExample | MatchExample) => detector.scan(assemble(example))
  const failures = [
    ...rule.matches.map((example) => ({
      example: example.name,
      problem: problemOfMatch(example, scan(example)),
    })),
    ...rule.ignores.map((example) => ({ example: example.name, problem: problemOfIgnore(scan(example)) })),
  ].filter((result): result is { example: string; problem: string } => result.problem !== null)
  return { id: rule.id, matches: rule.matches.length, ignores: rule.ignores.length, failures }
}

/** The bytes of an example, with its token in place and wrapped. */
export function assemble(example: IgnoreExample | MatchExample): Buffer {
  const body = bodyOf(example)
  const text = (Array.isArray(example.text) ? example.text.join('') : example.text)
    .replaceAll('{token}', `pplx-${body}`)
    .replaceAll('{body}', body)
  const wrap: readonly Encoding[] = 'wrap' in example ? example.wrap : []
  return wrap.reduceRight(wrapIn, Buffer.from(text))
}

function problemOfMatch(example: MatchExample, hits: readonly Hit[]): string | null {
  const [hit] = hits
  if (hit === undefined || hits.length > 1) return `found ${hits.length} times instead of once`
  if (hit.secret.fingerprint !== secretOf(`pplx-${bodyOf(example)}`).fingerprint)
    return 'found with other bounds'
  if (hit.confidence !== example.confidence)
    return `found as ${hit.confidence} instead of ${example.confidence}`
  if (hit.encodings.join() !== example.wrap.join()) return `found in [${hit.encodings.join()}]`
  return null
}

function problemOfIgnore(hits: readonly Hit[]): string | null {
  return hits.length === 0 ? null : `found as ${hits[0]?.confidence}: ${hits[0]?.why}`
}

function bodyOf({ random }: IgnoreExample | MatchExample): string {
  if (random === undefined) return ''
  const alphabet = alphabets[random.alphabet]
  const next = generator(random.seed)
  return Array.from({ length: random.length }, () => alphabet[Math.floor(next() * alphabet.length)]).join('')
}

/** mulberry32: the same numbers in [0, 1) for the same seed, everywhere. */
function generator(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

function wrapIn(bytes: Buffer, encoding: Encoding): Buffer {
  if (encoding === 'base64') return Buffer.from(bytes.toString('base64'))
  const wide = Buffer.from(bytes.toString('utf8'), 'utf16le')
  return encoding === 'utf-16be' ? wide.swap16() : wide
}
