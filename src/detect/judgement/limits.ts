/** Every number of the judgement that is no table; tests turn each of them both ways. */
export interface Limits {
  /**
   * Bits by which a text must be shorter to describe as made than by chance. Chance does that with at most one text in
   * 2^bits, whatever its length and alphabet (see `description.ts`).
   */
  readonly bits: number
  /** Share of the characters that must be described as made: what is left beside a word or a run is still a key. */
  readonly share: number
  /** Chance that a text as a whole is best described by how few different characters it has. */
  readonly few: number
  /** Chance that after a character the text goes on in another way. */
  readonly change: number
  /** Chance that written text goes on with a word of the rule's list rather than with a letter. */
  readonly word: number
}

export const limits: Limits = {
  bits: 14,
  share: 0.5,
  few: 1 / 64,
  change: 1 / 64,
  word: 1 / 256,
}
