import { createDetector } from './detector.ts'
import type { Detector, Hit, KnownKeys } from './types.ts'

const shortest = 16
const detector = createDetector()
const detectors = new WeakMap<KnownKeys, Detector>()
/** Taking one token away may join what stood around it. */
const mostPasses = 4

/**
 * The text with every token in it, in any wrapping that is known, replaced by its mask; examples stay. With `known`
 * also keys of the inventory whatever their shape. Text without a token comes back as it is.
 */
export function redactText(text: string, known?: KnownKeys): string {
  let bytes: Buffer | null = null
  for (let pass = 0; pass < mostPasses; pass++) {
    const current = bytes ?? bytesOf(text)
    const hits = current === null ? [] : detectorFor(known).scan(current)
    if (current === null || hits.length === 0) break
    bytes = replaced(current, hits)
  }
  return bytes === null ? text : bytes.toString('utf8')
}

/** Whether a text holds a token that `redactText` would take out. */
export function holdsToken(text: string, known?: KnownKeys): boolean {
  const bytes = bytesOf(text)
  return bytes !== null && detectorFor(known).scan(bytes).length > 0
}

function bytesOf(text: string): Buffer | null {
  return text.length < shortest ? null : Buffer.from(text, 'utf8')
}

function detectorFor(known: KnownKeys | undefined): Detector {
  if (known === undefined || known.size === 0) return detector
  const made = detectors.get(known) ?? createDetector({ known })
  detectors.set(known, made)
  return made
}

function replaced(bytes: Buffer, hits: readonly Hit[]): Buffer {
  const parts: Buffer[] = []
  let from = 0
  for (const hit of hits) {
    parts.push(bytes.subarray(from, hit.byteOffset), Buffer.from(hit.secret.masked, 'utf8'))
    from = hit.byteOffset + hit.byteLength
  }
  parts.push(bytes.subarray(from))
  return Buffer.concat(parts)
}
