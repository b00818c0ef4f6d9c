/** Every number of the judgement that is no table; tests turn each of them both ways. */
export interface Limits {
  /**
   * Bits that the description of a text must save. At 48 characters random hex reaches 9.6 in 4 million, lower case and
   * mixed case with digits less than 0 in as many; the lowest hundredth of written text reaches more (`npm run prove`).
   */
  readonly bits: number
  /** Share of the characters that it must not leave to chance: what stands beside a word or a run is still a key. */
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
