import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml'
import type { FileSystem } from '../context.ts'
import { ConfigError } from './errors.ts'

/** A YAML file with the places of what stands in it, so that a mistake can be pointed at. */
export interface YamlFile {
  readonly path: string
  /** Plain data; null for an empty file. */
  readonly value: unknown
  /** `file:line:column` of the value at `keys`, or of the deepest part of it that is there; 1-based. */
  place(keys: readonly PropertyKey[]): string
  /** The same for a name of a mapping, not its value. */
  placeOfName(keys: readonly PropertyKey[], name: string): string
}

const largest = 16 * 1024 * 1024

/** Reads a file that must be there; `what` names its purpose in errors. */
export function readYaml(path: string, what: string, fs: FileSystem): YamlFile {
  let bytes: Uint8Array
  try {
    // A named pipe would hold us where no signal is heard.
    if (!fs.statSync(path).isFile())
      throw new ConfigError('unreadable', `${path}: ${what}: not a regular file`)
    bytes = fs.readFileSync(path)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const reason = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
    throw new ConfigError('unreadable', `${path}: ${what}: ${reason}`, undefined, error)
  }
  return parseYaml(path, bytes)
}

export function parseYaml(path: string, bytes: Uint8Array): YamlFile {
  if (bytes.length > largest) throw new ConfigError('not-yaml', `${path}: too large (more than 16 MiB)`)
  const lines = new LineCounter()
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}`
  }
  // prettyErrors would quote the line, which may hold a token
  const documents = parseAllDocuments(decode(path, bytes), { lineCounter: lines, prettyErrors: false })
  const [document, second] = Array.isArray(documents) ? documents : []
  if (second !== undefined) {
    throw new ConfigError('not-yaml', `${at(second.range[0])}: a second document starts here, one is wanted`)
  }
  const mistake = document?.errors[0]
  if (mistake !== undefined) {
    throw new ConfigError('not-yaml', `${at(mistake.pos[0])}: ${plain(mistake.message, mistake.code)}`)
  }
  const root = document?.contents ?? null
  const odd = oddName(document, () => at(0))
  if (odd !== null)
    throw new ConfigError('not-yaml', `${at(odd)}: a name must be text, not a list, a mapping or an alias`)
  return {
    path,
    value: toData(document, () => at(0)),
    place: (keys) => at(offsetOf(deepest(root, keys))),
    placeOfName: (keys, name) => at(nameOffset(deepest(root, keys), name)),
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new ConfigError('not-yaml', `${path}: not UTF-8 text`, undefined, error)
  }
}

/** Where a list or a mapping stands for a name: making text of some hundred in each other takes for ever. */
function oddName(document: Document | undefined, start: () => string): number | null {
  let found: number | null = null
  try {
    if (document !== undefined) {
      visit(document, {
        Pair: (_, { key }) => {
          if (!isNode(key) || !(isCollection(key) || isAlias(key))) return undefined
          found = offsetOf(key)
          return visit.BREAK
        },
      })
    }
  } catch (error) {
    throw new ConfigError('not-yaml', `${start()}: nested too deep`, undefined, error)
  }
  return found
}

/** Aliases are expanded here: a file that grows too much by them is refused. */
function toData(document: { toJS(): unknown } | undefined, start: () => string): unknown {
  try {
    return document?.toJS() ?? null
  } catch (error) {
    throw new ConfigError('not-yaml', `${start()}: aliases that cannot be resolved`, undefined, error)
  }
}

/** The parser's words without what they quote from the file. */
function plain(message: string, code: string): string {
  const first = message.split('\n')[0] ?? ''
  return /["'`]|pplx-/.test(first) ? (words[code] ?? `not valid YAML (${code})`) : lowerFirst(first)
}

const words: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this name stands twice in the same mapping',
  BAD_INDENT: 'wrong indentation',
  TAB_AS_INDENT: 'tabs cannot indent YAML',
  MISSING_CHAR: 'a closing quote or bracket is missing',
  UNEXPECTED_TOKEN: 'unexpected here',
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function deepest(root: Node | null, keys: readonly PropertyKey[]): Node | null {
  let node = root
  for (const key of keys) {
    const next = isMap(node) || isSeq(node) ? node.get(typeof key === 'symbol' ? '' : key, true) : undefined
    if (!isNode(next)) return node
    node = next
  }
  return node
}

function nameOffset(node: Node | null, name: string): number {
  const pair = isMap(node)
    ? node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === name)
    : undefined
  return offsetOf(isNode(pair?.key) ? pair.key : node)
}

function offsetOf(node: Node | null): number {
  return node?.range?.[0] ?? 0
}
