import { flagsOf } from './arguments.ts'
import type { Command, FlagSpec } from './types.ts'

const width = 80

type Load = () => Promise<Command>

/** The first screen: someone who has just leaked a key finds the one command on its first lines. */
export async function overview(
  groups: readonly { title: string; commands: Readonly<Record<string, Load>> }[],
): Promise<string> {
  const lines = [
    'pplx-warden finds leaked Perplexity API keys and closes the incident.',
    '',
    'A key has just leaked?  pplx-warden respond      (asks for it, unseen)',
    'Deleting the commit or force-pushing does not help: the key must be revoked.',
    '',
  ]
  for (const group of groups) {
    lines.push(group.title)
    for (const load of Object.values(group.commands)) lines.push(...summaryLines(await load()))
  }
  lines.push(
    '',
    'pplx-warden COMMAND --help shows the flags of one.',
    'Exit codes: 0 clean and complete (or finished), 1 findings (or a step failed),',
    '2 usage, 3 not finished.',
    '',
  )
  return lines.join('\n')
}

export async function groupHelp(name: string, loads: readonly Load[]): Promise<string> {
  const commands = await Promise.all(loads.map((load) => load()))
  return [`Usage: pplx-warden ${name} COMMAND`, '', ...commands.flatMap(summaryLines), ''].join('\n')
}

export function commandHelp(command: Command): string {
  const lines = [
    `Usage: pplx-warden ${command.name} [flags] ${command.operands}`.trimEnd(),
    '',
    ...wrap(command.summary, width),
  ]
  if (command.details !== undefined) lines.push('', ...command.details.trim().split('\n').flatMap(paragraph))
  lines.push('', 'Flags')
  for (const flag of flagsOf(command)) lines.push(...flagLines(flag))
  return `${lines.join('\n')}\n`
}

function summaryLines(command: Command): string[] {
  const [first = '', ...rest] = wrap(command.summary, width - 23)
  return [`  ${command.name.padEnd(20)} ${first}`, ...rest.map((line) => `${' '.repeat(23)}${line}`)]
}

/** A line that fits stays as it was set. */
function paragraph(line: string): string[] {
  return line.length <= width ? [line] : wrap(line, width)
}

function flagLines(flag: FlagSpec): string[] {
  const value =
    flag.value === undefined ? '' : flag.optionalValue === true ? `[=${flag.value}]` : ` ${flag.value}`
  const head = `  ${flag.short === undefined ? '    ' : `-${flag.short}, `}--${flag.name}${value}`
  const text = wrap(flag.help, 46)
  const first =
    head.length <= 32 ? [`${head.padEnd(33)} ${text[0] ?? ''}`] : [head, `${' '.repeat(34)}${text[0] ?? ''}`]
  return [...first, ...text.slice(1).map((line) => `${' '.repeat(34)}${line}`)]
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}
