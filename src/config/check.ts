import { z } from 'zod'
import type { YamlFile } from './document.ts'
import { ConfigError } from './errors.ts'
import { nearest } from './nearest.ts'

const mostShown = 10

/** The file's data as `schema` has it, or an error with `file:line:column` for each of the first mistakes. */
export function check<T extends z.ZodType>(schema: T, file: YamlFile): z.output<T> {
  const result = schema.safeParse(file.value, { error: inWords })
  if (result.success) return result.data
  const lines = result.error.issues
    .slice(0, mostShown)
    .map((issue) => `${placeOf(file, issue)}: ${where(issue.path)}${issue.message}`)
  const more = result.error.issues.length - lines.length
  if (more > 0) lines.push(`… and ${more} more`)
  throw new ConfigError('invalid', lines.join('\n'))
}

function placeOf(file: YamlFile, issue: z.core.$ZodIssue): string {
  const name = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  return name === undefined ? file.place(issue.path) : file.placeOfName(issue.path, name)
}

/** `keys[2].owners: `, or nothing at the top. */
function where(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${name(String(key))}`)).join('')
  return text === '' ? '' : `${text.replace(/^\./, '')}: `
}

/** Messages for people; values are never repeated. */
export const inWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownNames(issue.keys, issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [])
    case 'invalid_type':
      return issue.input === undefined ? 'missing' : `must be ${a(issue.expected)}`
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`
    case 'invalid_union':
      return kinds(issue)
    default:
      return undefined
  }
}

function kinds(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  const options = (Array.isArray(issue['options']) ? issue['options'] : []).map(String)
  if (options.length === 0) return 'none of the forms it may have'
  const given = isMapping(issue.input) ? issue.input[String(issue['discriminator'])] : undefined
  const meant = typeof given === 'string' ? nearest(given, options) : undefined
  return `must be one of ${options.join(', ')}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function unknownNames(unknown: readonly string[], known: readonly string[]): string {
  return unknown
    .map((word) => {
      const meant = nearest(word, known)
      return `unknown name ${name(word)}${meant === undefined ? ` (known: ${known.join(', ')})` : ` (did you mean ${meant}?)`}`
    })
    .join('; ')
}

/** A name from the file may be a token in the wrong place. */
function name(word: string): string {
  return word.includes('pplx-') ? 'pplx-…' : word
}

function a(expected: string): string {
  return (
    { string: 'text', array: 'a list', object: 'a mapping', boolean: 'true or false', int: 'a whole number' }[
      expected
    ] ?? `a ${expected}`
  )
}
