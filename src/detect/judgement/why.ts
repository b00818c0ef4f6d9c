import type { Description, Kind } from './description.ts'
import type { Limits } from './limits.ts'

const readings: Readonly<Record<Kind, string>> = {
  chance: 'partly orderly',
  written: 'reads as written text',
  repeat: 'repeats itself',
  sequence: 'goes on in a sequence',
  keyboard: 'goes along the keyboard',
  few: 'only a few different characters',
}

const parts: Readonly<Record<Kind, string>> = {
  chance: 'by chance',
  written: 'written',
  repeat: 'repeated',
  sequence: 'in sequence',
  keyboard: 'along the keyboard',
  few: 'of few kinds',
}

/** Why a text is an example, in words for a person. */
export function whyMade(description: Description, limits: Limits): string {
  const { covered } = description
  if (covered.few > 0) return readings.few
  const kinds = (Object.keys(covered) as Kind[])
    .filter((kind) => covered[kind] > 0)
    .sort((a, b) => covered[b] - covered[a])
  const main = kinds.find((kind) => kind !== 'chance') ?? 'chance'
  const counts = kinds.map((kind) => `${covered[kind]} ${parts[kind]}`).join(', ')
  return `${readings[main]} (characters: ${counts}); ${explained(description, limits)}`
}

/** Why a text is a key, in words for a person. */
export function whyKey(description: Description, limits: Limits): string {
  if (description.saved >= limits.bits) return `${description.covered.chance} of them in no order`
  return `in no order: ${explained(description, limits)}`
}

function explained({ saved, bits }: Description, limits: Limits): string {
  const share = `${Math.max(0, Math.floor(saved))} of ${Math.round(bits)} bits`
  return `words, repeats and sequences explain ${share} (limit ${limits.bits})`
}
