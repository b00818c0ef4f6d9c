import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import languages from './languages.json' with { type: 'json' }

const packages = join(import.meta.dirname, '../../../node_modules')
const readmes = [
  'fast-check/README.md',
  'fast-glob/README.md',
  'simple-git/readme.md',
  'smol-toml/README.md',
  'kysely/README.md',
  'micromatch/README.md',
  'age-encryption/README.md',
]
const keptReadmes = ['vite/LICENSE.md', 'source-map-js/README.md', 'debug/README.md']

/** Written text without its spaces, in runs; the counts of each part are weighed as `share` of the whole. */
export interface Part {
  readonly name: string
  readonly share: number
  readonly runs: readonly string[]
}

/**
 * Documents and names of what `npm ci` puts on every machine, and nine languages that stand beside this file: the first
 * articles of the Universal Declaration of Human Rights, sentences of our own and common words, without accents.
 */
export function tuningParts(): readonly Part[] {
  const types = typesOfNode()
  return [
    { name: 'documents', share: 0.35, runs: proseOf([docsOf(types), ...readmes.map(read)].join('\n')) },
    { name: 'identifiers', share: 0.2, runs: identifiers() },
    ...Object.entries(languages).map(([name, { tuning }]) => ({
      name,
      share: 0.45 / Object.keys(languages).length,
      runs: [tuning.replaceAll(' ', '')],
    })),
  ]
}

/** Text of the same kinds that no number is derived from. */
export function heldOutParts(): readonly Part[] {
  return [
    { name: 'documents', share: 0, runs: proseOf(keptReadmes.map(read).join('\n')) },
    { name: 'identifiers', share: 0, runs: identifiersOf(read('vite/dist/node/index.d.ts')) },
    ...Object.entries(languages).map(([name, { heldOut }]) => ({
      name,
      share: 0,
      runs: [heldOut.replaceAll(' ', '')],
    })),
  ]
}

/** Names of two words and more. */
export function identifiers(): readonly string[] {
  return identifiersOf(typesOfNode())
}

function typesOfNode(): string {
  return readdirSync(join(packages, '@types/node'))
    .filter((name) => name.endsWith('.d.ts'))
    .sort()
    .map((name) => read(`@types/node/${name}`))
    .join('\n')
}

function docsOf(types: string): string {
  return [...types.matchAll(/^\s*\* (.*)/gm)].map((match) => match[1]).join('\n')
}

function identifiersOf(types: string): readonly string[] {
  return [...new Set(types.match(/\b[A-Za-z][A-Za-z0-9]{11,}\b/g))].filter((name) => /[a-z][A-Z]/.test(name))
}

/** Sentences of four words or more. */
function proseOf(text: string): readonly string[] {
  return text
    .replace(/```[^]*?```/g, ' ')
    .replace(/https?:\S+/g, ' ')
    .replace(/\n(?=[a-z])/g, ' ')
    .split(/[^A-Za-z0-9 ,'*]+/)
    .map((sentence) => sentence.match(/[A-Za-z0-9]+/g) ?? [])
    .filter((words) => words.length >= 4)
    .map((words) => words.join(''))
}

function read(path: string): string {
  return readFileSync(join(packages, path), 'utf8')
}
