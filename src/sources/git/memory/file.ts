import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { createIdSet, kept } from './id-set.ts'
import type { Memory } from './types.ts'

const magic = 'pplx-warden scanned 2\n'
const sumLength = 32
/** What is larger was not written by us. */
const largest = 2 ** 30

interface Head {
  /** What it was found clean by: other rules may find something. */
  readonly rules: string
  readonly unclean: string[]
  readonly packs: [checksum: string, stamp: string][]
  readonly tips: string[]
  readonly clean: number
  readonly loose: number
  readonly bare: number
  readonly known: number
}

/**
 * `magic`, a line of JSON, four lists of 8 bytes each, SHA-256 of all that. null: there is none, it is damaged, or it is
 * of other rules: then everything is read.
 */
export function readMemory(file: string, rules: string): Memory | null {
  const bytes = contentOf(file)
  if (bytes === null) return null
  const end = bytes.indexOf(10, magic.length)
  if (end === -1 || !isWhole(bytes)) return null
  const head = JSON.parse(bytes.toString('utf8', magic.length, end)) as Head
  if (head.rules !== rules) return null
  let at = end + 1
  const next = (count: number) => createIdSet(bytes.subarray(at, (at += count * kept)))
  const [clean, loose, bare, known] = [next(head.clean), next(head.loose), next(head.bare), next(head.known)]
  return { clean, unclean: head.unclean, packs: new Map(head.packs), loose, tips: head.tips, bare, known }
}

function contentOf(file: string): Buffer | null {
  try {
    if (fs.statSync(file).size > largest) return null
    return fs.readFileSync(file)
  } catch {
    return null
  }
}

function isWhole(bytes: Buffer): boolean {
  if (!bytes.subarray(0, magic.length).equals(Buffer.from(magic))) return false
  const sum = bytes.subarray(bytes.length - sumLength)
  return createHash('sha256').update(bytes.subarray(0, -sumLength)).digest().equals(sum)
}

/** Written beside and put in its place, so that whoever reads it finds the old one or the new one. Throws what the file system says. */
export function writeMemory(file: string, rules: string, memory: Memory): void {
  const { clean, loose, bare, known } = memory
  const head = {
    rules,
    unclean: memory.unclean,
    packs: [...memory.packs],
    tips: memory.tips,
    clean: clean.size,
    loose: loose.size,
    bare: bare.size,
    known: known.size,
  }
  const start = Buffer.from(`${magic}${JSON.stringify(head)}\n`)
  const content = Buffer.concat([start, clean.bytes(), loose.bytes(), bare.bytes(), known.bytes()])
  const sum = createHash('sha256').update(content).digest()
  fs.mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const beside = `${file}.${process.pid}`
  try {
    fs.writeFileSync(beside, Buffer.concat([content, sum]), { mode: 0o600 })
    fs.renameSync(beside, file)
  } catch (error) {
    fs.rmSync(beside, { force: true })
    throw error
  }
}
