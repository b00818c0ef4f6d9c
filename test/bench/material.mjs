// What the detector is measured on: buffers in memory, the same in every run on the same sources.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gitObjects } from './git-objects.mjs'
import { logLines } from './log-lines.mjs'
import { randomBytesOf } from './random.mjs'

export const material = {
  log: logLines,
  source: sourceText,
  git: gitObjects,
  base64: base64Text,
  random: (size) => randomBytesOf('random', size),
}

/** Sources and documents of what is installed; again from the start when that is not enough. */
function sourceText(size) {
  const buffer = Buffer.alloc(size)
  const files = [...sources(join(import.meta.dirname, '../../node_modules'))]
  let at = 0
  while (at < size) for (const file of files) at += readFileSync(file).copy(buffer, at)
  return buffer
}

function* sources(folder) {
  const entries = readdirSync(folder, { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sources(path)
    // A huge bundle would be most of the sample.
    else if (/\.(js|ts|md)$/.test(entry.name) && entry.isFile() && statSync(path).size < 2e6) yield path
  }
}

/** One half in lines of 64 KB, as in JSON and data URLs; the other wrapped at 76, as in e-mail (RFC 2045, 6.8). */
function base64Text(size) {
  const half = size >> 1
  const text = randomBytesOf('base64', Math.ceil((size * 3) / 4)).toString('base64')
  return Buffer.concat([
    wrapped(text.slice(0, half), 65_536, half),
    wrapped(text.slice(half), 76, size - half),
  ])
}

function wrapped(text, width, size) {
  const lines = Buffer.alloc(size)
  for (let from = 0, at = 0; at < size; from += width)
    at += lines.write(`${text.slice(from, from + width)}\n`, at, 'latin1')
  return lines
}
