import { UsageError } from '../errors.ts'
import { type RuleTest, testRule } from './rule-examples.ts'
import { type RuleFile, shippedRules } from './rule-file.ts'
import type { Arguments, Command, FlagSpec } from './types.ts'

const report: FlagSpec = { name: 'report', value: 'FORMAT', help: 'text (the default) or json' }

export const rulesList: Command = {
  name: 'rules list',
  summary: 'what is looked for',
  operands: '',
  flags: [report],
  async run(context, args) {
    const json = wantsJson(args)
    const rules = shippedRules().map(describe)
    const text = rules.map((rule) => `${rule.id}\n  ${rule.description}\n  ${countsOf(rule)}\n`).join('')
    context.stdout.write(json ? document({ rules }) : text)
    return 0
  },
}

export const rulesTest: Command = {
  name: 'rules test',
  summary: "run every rule's true and false examples",
  operands: '',
  flags: [report],
  async run(context, args) {
    const json = wantsJson(args)
    const results = shippedRules().map(testRule)
    context.stdout.write(json ? document({ results }) : results.map(lines).join(''))
    return results.every((result) => result.failures.length === 0) ? 0 : 1
  },
}

function wantsJson(args: Arguments): boolean {
  if (args.operands.length > 0)
    throw new UsageError(`unexpected argument: ${args.operands.length} given, none taken`)
  const format = args.value('report') ?? 'text'
  if (format !== 'text' && format !== 'json') throw new UsageError('unknown report format', 'text or json')
  return format === 'json'
}

interface Description {
  readonly id: string
  readonly description: string
  readonly matches: number
  readonly ignores: number
}

function describe(rule: RuleFile): Description {
  return {
    id: rule.id,
    description: rule.description,
    matches: rule.matches.length,
    ignores: rule.ignores.length,
  }
}

function countsOf(rule: Description): string {
  return `${rule.matches} examples of what is found, ${rule.ignores} of what is not`
}

function lines(result: RuleTest): string {
  const passed = result.matches + result.ignores - result.failures.length
  const failures = result.failures.map((failure) => `  failed: ${failure.example}: ${failure.problem}\n`)
  const counts = `${result.matches} to be found, ${result.ignores} to be ignored`
  return `${result.id}: ${passed} passed, ${result.failures.length} failed (${counts})\n${failures.join('')}`
}

function document(content: object): string {
  return `${JSON.stringify({ schemaVersion: 1, ...content }, null, 2)}\n`
}
