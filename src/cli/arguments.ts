import { parseArgs } from 'node:util'
import { nearest } from '../config/nearest.ts'
import { UsageError } from '../errors.ts'
import type { Arguments, Command, FlagSpec } from './types.ts'

const globalFlags: readonly FlagSpec[] = [{ name: 'help', short: 'h', help: 'show this help' }]

export function flagsOf(command: Command): readonly FlagSpec[] {
  return [...command.flags, ...globalFlags]
}

/** Checks the words against the command's flags; every mistake names the word and the nearest right one. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const flags = flagsOf(command)
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(flags.flatMap(optionsOf)),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const operands: string[] = []
  const given = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const flag = flags.find((each) => each.name === token.name || each.alias === token.name)
    if (flag === undefined) throw unknownFlag(token.rawName, flags, command)
    const value = valueOf(flag, token.rawName, token.value, token.inlineValue === true)
    given.set(flag.name, [...(given.get(flag.name) ?? []), value])
  }
  return {
    operands,
    has: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
  }
}

function optionsOf(
  flag: FlagSpec,
): [string, { type: 'string' | 'boolean'; short?: string; multiple: boolean }][] {
  const type =
    flag.value !== undefined && flag.optionalValue !== true ? ('string' as const) : ('boolean' as const)
  const option = { type, multiple: true }
  const named: [string, { type: 'string' | 'boolean'; short?: string; multiple: boolean }] = [
    flag.name,
    flag.short === undefined ? option : { ...option, short: flag.short },
  ]
  return flag.alias === undefined ? [named] : [named, [flag.alias, option]]
}

function valueOf(flag: FlagSpec, raw: string, value: string | undefined, inline: boolean): string {
  if (flag.value === undefined) {
    if (value !== undefined) throw new UsageError(`${raw} takes no value`)
    return ''
  }
  if (flag.optionalValue === true) return value ?? ''
  const swallowedFlag = !inline && value !== undefined && value.length > 1 && value.startsWith('-')
  if (value === undefined || value === '' || swallowedFlag)
    throw new UsageError(`${raw} needs a value: ${raw} ${flag.value}`)
  return value
}

function unknownFlag(raw: string, flags: readonly FlagSpec[], command: Command): UsageError {
  const names = flags.flatMap((flag) => (flag.alias === undefined ? [flag.name] : [flag.name, flag.alias]))
  const close = nearest(raw.replace(/^-+/, ''), names)
  const hint =
    close === undefined ? `pplx-warden ${command.name} --help lists the flags` : `did you mean --${close}?`
  return new UsageError(`unknown flag ${raw} for ${command.name}`, hint)
}
