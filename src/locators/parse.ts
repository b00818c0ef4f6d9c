import { LocatorError } from './errors.ts'
import type { Locator } from './types.ts'

/** `env:NAME`, `file:PATH`, `exec:["program","argument"]`, `dotenv:PATH:NAME`. */
export function parseLocator(text: string): Locator {
  const colon = text.indexOf(':')
  const rest = text.slice(colon + 1)
  switch (text.slice(0, Math.max(colon, 0))) {
    case 'env':
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(rest)) return { kind: 'env', name: rest }
      throw wrong('env:NAME takes the name of an environment variable')
    case 'file':
      if (isPath(rest)) return { kind: 'file', path: rest }
      throw wrong('file:PATH takes a path')
    case 'exec':
      return { kind: 'exec', argv: argumentList(rest) }
    case 'dotenv':
      return dotenv(rest)
    default:
      throw wrong('unknown kind of locator')
  }
}

export function formatLocator(locator: Locator): string {
  switch (locator.kind) {
    case 'env':
      return `env:${locator.name}`
    case 'file':
      return `file:${locator.path}`
    case 'exec':
      return `exec:${JSON.stringify(locator.argv)}`
    default:
      return `dotenv:${locator.path}:${locator.variable}`
  }
}

function argumentList(text: string): [string, ...string[]] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = null
  }
  if (!isArgumentList(value)) {
    throw wrong('exec: takes a JSON list of program and arguments: exec:["program","argument"]')
  }
  return value
}

function isArgumentList(value: unknown): value is [string, ...string[]] {
  if (!Array.isArray(value)) return false
  return value.every((each) => typeof each === 'string' && !each.includes('\0')) && Boolean(value[0])
}

function dotenv(text: string): Locator {
  const colon = text.lastIndexOf(':')
  const [path, variable] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)]
  if (!isPath(path) || !/^[\w.-]+$/.test(variable))
    throw wrong('dotenv: takes a path and a name: dotenv:PATH:NAME')
  return { kind: 'dotenv', path, variable }
}

function isPath(text: string): boolean {
  return text !== '' && !text.includes('\0')
}

/** The text itself is not repeated: it may be a token that stands in the wrong place. */
function wrong(what: string): LocatorError {
  return new LocatorError(
    'syntax',
    `not a locator: ${what}`,
    'a locator is env:NAME, file:PATH, dotenv:PATH:NAME or exec:["program","argument"]',
  )
}
