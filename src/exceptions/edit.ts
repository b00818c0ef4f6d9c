import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import type { Exception } from './types.ts'

export interface Edited {
  readonly text: string
  /** It stood there already, with other words perhaps. */
  readonly replaced: boolean
}

/**
 * The text of a `.pplx-warden.yaml`, which has been checked, with one exception more. What stands in it stays as it is,
 * letter by letter where the exception can be put behind the others.
 */
export function withException(before: string, exception: Exception): Edited {
  const breaks = before.includes('\r\n') ? '\r\n' : '\n'
  const text = before.replaceAll('\r\n', '\n')
  const document = parseDocument(text, { keepSourceTokens: true })
  const list = isMap(document.contents) ? document.contents.get('exceptions', true) : undefined
  const items = isSeq(list) ? list : null
  const old = items === null ? undefined : itemOf(items, exception)
  const edited =
    old !== undefined
      ? renewed(document, old, exception)
      : (behindTheOthers(text, items, exception) ??
        atTheEnd(text, document, exception) ??
        rewritten(document, exception))
  return { text: edited.replaceAll('\n', breaks), replaced: old !== undefined }
}

/** The same token at the same paths. */
function itemOf(list: YAMLSeq, { fingerprint, path }: Exception): YAMLMap | undefined {
  return list.items
    .filter((item) => isMap(item))
    .find((item) => {
      const [print, glob] = [item.get('fingerprint'), item.get('path') ?? null]
      return typeof print === 'string' && print.toLowerCase() === fingerprint && glob === path
    })
}

function renewed(document: Document, item: YAMLMap, { reason, owner, expires }: Exception): string {
  item.set('reason', reason)
  item.set('owner', owner)
  if (expires === null) item.delete('expires')
  else item.set('expires', expires)
  return written(document)
}

/** Of a list with a dash a line: the next dash stands below the others. null: it is written in another way. */
function behindTheOthers(text: string, list: YAMLSeq | null, exception: Exception): string | null {
  const token = list?.srcToken
  if (list === null || list.flow === true || token?.type !== 'block-seq') return null
  const dash = token.items[0]?.start.find(({ type }) => type === 'seq-item-ind')
  const last = list.items.at(-1)
  const end = isMap(last) ? last.range?.[1] : undefined
  if (dash === undefined || end === undefined) return null
  const indent = dash.offset - (text.lastIndexOf('\n', dash.offset - 1) + 1)
  const lineEnd = text.indexOf('\n', end - 1)
  const at = lineEnd === -1 ? text.length : lineEnd + 1
  const gap = text[at - 1] === '\n' ? '' : '\n'
  return checked(text.slice(0, at) + gap + item(exception, indent) + text.slice(at), list.items.length + 1)
}

/** Of a file that has no list yet. */
function atTheEnd(text: string, document: Document, exception: Exception): string | null {
  const { contents } = document
  const isEmpty = contents === null || (isScalar(contents) && contents.value === null)
  if (!isEmpty && !(isMap(contents) && contents.flow !== true && !contents.has('exceptions'))) return null
  const gap = text === '' || text.endsWith('\n') ? '' : '\n'
  const version = isMap(contents) && contents.has('version') ? '' : 'version: 1\n'
  return checked(`${text}${gap}${version}exceptions:\n${item(exception, 2)}`, 1)
}

/** What was put together is only taken if it reads as it was meant. */
function checked(text: string, length: number): string | null {
  const document = parseDocument(text)
  const list = isMap(document.contents) ? document.contents.get('exceptions') : undefined
  return document.errors.length === 0 && isSeq(list) && list.items.length === length ? text : null
}

function rewritten(document: Document, exception: Exception): string {
  if (!isMap(document.contents)) document.contents = document.createNode({ version: 1 })
  const list = document.get('exceptions')
  if (isSeq(list)) {
    if (list.items.length === 0) list.flow = false
    list.add(document.createNode(fieldsOf(exception)))
  } else {
    const fresh = document.createNode([fieldsOf(exception)])
    const empty = document.get('exceptions', true)
    fresh.commentBefore = isNode(empty) ? (empty.commentBefore ?? null) : null
    fresh.comment = isNode(empty) ? (empty.comment ?? null) : null
    document.set('exceptions', fresh)
  }
  return written(document)
}

function written(document: Document): string {
  return document.toString({ lineWidth: 0 })
}

function item(exception: Exception, indent: number): string {
  const space = ' '.repeat(indent)
  const [first = '', ...rest] = stringify(fieldsOf(exception), { lineWidth: 0 }).trimEnd().split('\n')
  return [`${space}- ${first}`, ...rest.map((line) => `${space}  ${line}`)]
    .map((line) => `${line}\n`)
    .join('')
}

function fieldsOf({ fingerprint, path, reason, owner, expires }: Exception): Record<string, string> {
  return {
    fingerprint,
    ...(path === null ? {} : { path }),
    reason,
    owner,
    ...(expires === null ? {} : { expires }),
  }
}
