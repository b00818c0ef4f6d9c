import { createHash } from 'node:crypto'
import { bytesOf } from '../sources/name.ts'
import type { UnitName } from '../sources/types.ts'

/** What a suppressed finding is suppressed `by`, and the source of its exceptions in a report. */
export const byBaseline = 'baseline'

type Redact = (text: string) => string

/** The place of a git object under one of its names; null: it has none. */
export function objectPlaceOf(id: string, name: UnitName | null, redact: Redact): string {
  return objectPlace(id, name === null ? null : redact(name.text))
}

/** The places that a file of this name may have in a report: its text, and what tells apart names that read alike. */
export function filePlacesOf(name: UnitName, redact: Redact): readonly string[] {
  const text = redact(name.text)
  const bytes = Buffer.from(bytesOf(name))
  if (name.raw === null && text === name.text) return [filePlace(text, '')]
  const hash = filePlace(text, createHash('sha256').update(bytes).digest('hex'))
  return text === name.text ? [hash, filePlace(text, bytes.toString('base64'))] : [hash]
}

/** What has no path: a ref, a reflog, a configuration. */
export function otherPlaceOf(ref: string | null, via: readonly string[], redact: Redact): string {
  return otherPlace(ref === null ? null : redact(ref), via.map(redact))
}

export function objectPlace(id: string, name: string | null): string {
  return JSON.stringify(['object', id, name])
}

export function filePlace(path: string, bytes: string): string {
  return JSON.stringify(['file', path, bytes])
}

export function otherPlace(ref: string | null, via: readonly string[]): string {
  return JSON.stringify(['other', ref, via])
}
