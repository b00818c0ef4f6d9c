import type { YamlFile } from './document.ts'
import { ConfigError } from './errors.ts'

/** A key in any field of a file that we keep: it would be stored, shown, or handed to a program as an argument. */
export function refuseTokensIn(file: YamlFile): void {
  const place = placeOfToken(file, file.value, [])
  if (place === null) return
  throw new ConfigError(
    'invalid',
    `${place}: a token must not stand in this file`,
    'say where it is (env:NAME, file:PATH, exec:[…]) and rotate this one',
  )
}

function placeOfToken(file: YamlFile, value: unknown, at: readonly PropertyKey[]): string | null {
  if (typeof value === 'string') return looksLikeToken(value) ? file.place(at) : null
  if (typeof value !== 'object' || value === null) return null
  for (const [name, each] of Object.entries(value)) {
    if (looksLikeToken(name)) return file.placeOfName(at, name)
    const place = placeOfToken(file, each, [...at, Array.isArray(value) ? Number(name) : name])
    if (place !== null) return place
  }
  return null
}

/** Words such as `pplx-proxy` are fine. */
export function looksLikeToken(text: string): boolean {
  return /pplx-[A-Za-z0-9]{20}/.test(text)
}
