/** How far from an anchor a wrapping may look, in bytes of the layer it stands in: the scanner keeps that much. */
export const leftReach = 2048
export const rightReach = 65_536
/** How much of the right end a wrapping may have needed to see to know that it ends there. */
export const endMargin = 96
/** Windows overlap by this much: more than a token takes up whose every character is escaped three times. */
export const overlap = 20_480
/** Text in which nothing was escaped for so long is none of the token's. */
export const quiet = 320
/** The longest single escape, tag or run of tags. */
export const longestStep = 4096
