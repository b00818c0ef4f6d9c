import { isAbsolute, relative, resolve } from 'node:path'
import type { FileSystem } from '../../context.ts'
import { SourceError } from '../errors.ts'

/** Where a walk starts: absolute bytes to open, and the bytes that its names begin with in the report. */
export interface Start {
  readonly file: Buffer
  /** '' for the one folder that was given: names are relative to it. */
  readonly shown: Buffer
  /** A person named it: a link is followed. What a folder lists is not. */
  readonly follow?: true
}

export interface Targets {
  readonly starts: readonly Start[]
  /** Patterns, still to be expanded. */
  readonly patterns: readonly string[]
}

const magic = /[*?[\]{}]|[!@+]\(/

/** Sorts operands into paths and patterns; a path that is not there is an error before anything is scanned. */
export function sortOperands(fs: FileSystem, cwd: string, operands: readonly string[]): Targets {
  const patterns: string[] = []
  const starts: Start[] = []
  for (const operand of operands) {
    if (isThere(fs, resolve(cwd, operand))) starts.push(startAt(fs, cwd, operand, operands.length))
    else if (magic.test(operand)) patterns.push(operand)
    else throw new SourceError('missing-path', `${operand}: no such file or folder`, 'nothing was scanned')
  }
  return { starts, patterns }
}

function isThere(fs: FileSystem, path: string): boolean {
  try {
    fs.lstatSync(path)
    return true
  } catch (error) {
    // Behind a folder that cannot be entered it may exist: then it is skipped, not missing.
    return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')
  }
}

function startAt(fs: FileSystem, cwd: string, operand: string, count: number): Start {
  const absolute = resolve(cwd, operand)
  const alone = count === 1 && isFolder(fs, absolute)
  return {
    file: Buffer.from(absolute),
    shown: Buffer.from(alone ? '' : shownName(cwd, operand)),
    follow: true,
  }
}

function isFolder(fs: FileSystem, path: string): boolean {
  try {
    return fs.statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Relative to the working folder; what lies outside it is shown as it was given. */
export function shownName(cwd: string, operand: string): string {
  const inside = relative(cwd, resolve(cwd, operand))
  return inside.startsWith('..') || isAbsolute(inside) ? operand.replace(/\/+$/, '') : inside
}
