import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Detector, Hit } from '../../src/detect/index.ts'

/** How the detector is handed a file. */
export type Reading = (detector: Detector, bytes: Uint8Array) => readonly Hit[]

export const whole: Reading = (detector, bytes) => detector.scan(bytes)

export const inPieces: Reading = (detector, bytes) => {
  const scanner = detector.scanner()
  const hits: Hit[] = []
  for (let from = 0; from < bytes.length; from += piece) {
    hits.push(...scanner.push(bytes.subarray(from, from + piece)))
  }
  hits.push(...scanner.end())
  return hits
}

const piece = 65_536

export interface Sweep {
  readonly files: number
  readonly bytes: number
  /** Files that hold the prefix as it is, in whatever name. */
  readonly naming: number
  /** Where and why, never what: the text may be a live key after all. */
  readonly findings: readonly string[]
}

/** Scans every file once a reading. */
export async function sweep(
  root: string,
  files: AsyncIterable<string>,
  detector: Detector,
  readings: Readonly<Record<string, Reading>>,
): Promise<Sweep> {
  const counts = { files: 0, bytes: 0, naming: 0 }
  const findings: string[] = []
  for await (const file of files) {
    const bytes = await readFile(file)
    counts.files += 1
    counts.bytes += bytes.length
    if (bytes.includes('pplx-')) counts.naming += 1
    for (const [name, read] of Object.entries(readings)) {
      for (const hit of read(detector, bytes)) findings.push(`${placeOf(root, file, hit)}, read ${name}`)
    }
  }
  return { ...counts, findings }
}

function placeOf(root: string, file: string, hit: Hit): string {
  const encodings = hit.encodings.join(' > ') || 'plain'
  return `${relative(root, file)}:${hit.line}:${hit.column} ${hit.confidence}, ${encodings}: ${hit.why}`
}
