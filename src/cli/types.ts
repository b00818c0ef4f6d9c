import type { Context } from '../context.ts'

/** One flag, as data: help, checking and the nearest-name hint are made from it. */
export interface FlagSpec {
  /** Without dashes. */
  readonly name: string
  readonly short?: string
  /** Also accepted under this name. */
  readonly alias?: string
  /** Name of the value in the help (`FILE`); absent for a switch. */
  readonly value?: string
  /** `--flag` alone is allowed as well as `--flag=VALUE`. */
  readonly optionalValue?: boolean
  readonly repeatable?: boolean
  readonly help: string
}

export interface Arguments {
  readonly operands: readonly string[]
  has(flag: string): boolean
  /** The last value given. */
  value(flag: string): string | undefined
  /** Every value given, in order; an optional value that was left out is ''. */
  values(flag: string): readonly string[]
}

export interface Command {
  /** Words that select it: `scan dir`. */
  readonly name: string
  readonly summary: string
  /** What follows the name in the usage line: `[path…]`. */
  readonly operands: string
  /** Extra lines for `--help`, wrapped at 80. */
  readonly details?: string
  readonly flags: readonly FlagSpec[]
  /** Returns the exit code. Throws a WardenError for everything foreseen. */
  run(context: Context, args: Arguments): Promise<number>
}
