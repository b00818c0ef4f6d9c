/** Digits of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512 in hex: names of builds, images and commits. */
const digestLengths: ReadonlySet<number> = new Set([32, 40, 56, 64, 96, 128])

export function isDigest(body: string): boolean {
  return digestLengths.has(body.length) && /^[0-9a-f]+$/.test(body)
}
