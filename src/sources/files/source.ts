import type { Context } from '../../context.ts'
import type { Excluded, Source, Unit } from '../types.ts'
import { type Start, sortOperands } from './operands.ts'
import { expandPatterns } from './patterns.ts'
import { readFiles } from './read.ts'
import { walk, type WalkOptions } from './walk.ts'

export interface FilesOptions {
  /** Paths and patterns; none means the working folder. `-` is standard input where `stdin` is allowed. */
  readonly operands: readonly string[]
  /** The operator's globs (micromatch; without a slash they match a name at any depth). */
  readonly excludes?: readonly string[]
}

type Outside = Pick<Context, 'fs' | 'cwd' | 'stdin'>

/** `scan dir`: whatever regular files lie below the operands, git-ignored ones and node_modules too. */
export function dirSource(context: Outside, options: FilesOptions): Promise<Source> {
  return filesSource('dir', context, options, false)
}

/** `scan log`: the same, and `-` for standard input. */
export function logSource(context: Outside, options: FilesOptions): Promise<Source> {
  return filesSource('log', context, options, options.operands.includes('-'))
}

async function filesSource(
  kind: 'dir' | 'log',
  context: Outside,
  { operands, excludes = [] }: FilesOptions,
  stdin: boolean,
): Promise<Source> {
  const { fs, cwd } = context
  const excluded: Excluded = {}
  const named = operands.filter((operand) => !stdin || operand !== '-')
  const wanted = operands.length === 0 ? ['.'] : named
  const { starts, patterns } = sortOperands(fs, cwd, wanted)
  const expanded = await expandPatterns(cwd, patterns, excluded)
  const walkOptions: WalkOptions = { fs, excluded, leftOut: await matcher(excludes) }
  const all: Start[] = [...starts, ...expanded.starts]
  return {
    kind,
    target: operands.length === 0 ? '.' : operands.join(' '),
    excluded,
    async *units(signal) {
      if (expanded.skipped.length > 0) yield expanded.skipped
      if (stdin) yield [stdinUnit(context.stdin, signal)]
      yield* readFiles(fs, walk(all, walkOptions), signal)
    },
  }
}

async function matcher(globs: readonly string[]): Promise<WalkOptions['leftOut']> {
  if (globs.length === 0) return null
  const { default: micromatch } = await import('micromatch')
  const matchers = globs.map((glob) =>
    micromatch.matcher(glob.replace(/\/$/, ''), { dot: true, matchBase: true }),
  )
  return (shown, folder) => matchers.some((matches) => matches(shown) || (folder && matches(`${shown}/`)))
}

function stdinUnit(stdin: NodeJS.ReadStream, signal: AbortSignal): Unit {
  // It may never say anything again.
  signal.addEventListener('abort', () => stdin.destroy(), { once: true })
  const chunks: AsyncIterable<Uint8Array> = stdin
  return { name: { text: '-', raw: null }, bytes: chunks, origin: { kind: 'stdin' }, encodings: [] }
}
