import { describe, expect, it } from 'vitest'
import type { Context } from '../../src/context.ts'
import { assemble, testRule } from '../../src/cli/rule-examples.ts'
import { parseRule, shippedRules } from '../../src/cli/rule-file.ts'
import { rulesList, rulesTest } from '../../src/cli/rules.ts'
import type { Arguments } from '../../src/cli/types.ts'
import { ruleId } from '../../src/detect/index.ts'

const [rule] = shippedRules()
if (rule === undefined) throw new Error('no rule')

describe('the shipped rule', () => {
  it('finds every match and ignores every other example', () => {
    expect(testRule(rule).failures).toEqual([])
    expect(rule.id).toBe(ruleId)
  })

  it('says which example fails, and how', () => {
    const [first] = rule.matches
    if (first === undefined) throw new Error('no match')
    const swapped = {
      ...rule,
      matches: [
        { ...first, confidence: 'near' as const },
        { ...first, text: 'nothing' },
      ],
      ignores: [first],
    }
    expect(testRule(swapped).failures.map((failure) => failure.problem)).toEqual([
      'found as exact instead of near',
      'found 0 times instead of once',
      expect.stringContaining('found as exact'),
    ])
  })

  it('makes the same token from the same seed, and none stands in the file', () => {
    const [first] = rule.matches
    if (first === undefined) throw new Error('no match')
    expect(assemble(first)).toEqual(assemble(first))
    expect(JSON.stringify(rule)).not.toMatch(/pplx-[A-Za-z0-9]{32}/)
  })

  it('is refused with the place of the mistake when it is damaged', () => {
    expect(() => parseRule({ ...rule, words: 'no list' })).toThrow(/words/)
    expect(() => parseRule({ ...rule, unknown: 1 })).toThrow(/unknown/)
  })
})

describe('rules list and rules test', () => {
  it('print text and JSON', async () => {
    expect(await run(rulesList)).toEqual([0, expect.stringContaining('perplexity-api-key\n')])
    expect(await run(rulesTest)).toEqual([
      0,
      expect.stringMatching(/perplexity-api-key: \d+ passed, 0 failed/),
    ])
    const [, list] = await run(rulesList, 'json')
    expect(JSON.parse(list)).toMatchObject({ schemaVersion: 1, rules: [{ id: 'perplexity-api-key' }] })
    const [, test] = await run(rulesTest, 'json')
    expect(JSON.parse(test)).toMatchObject({ schemaVersion: 1, results: [{ failures: [] }] })
  })

  it('refuse a format they do not know', async () => {
    await expect(run(rulesList, 'yaml')).rejects.toMatchObject({ exitCode: 2 })
  })
})

async function run(command: typeof rulesList, report?: string): Promise<[number, string]> {
  let written = ''
  const stdout = { isTTY: false, columns: 80, write: (text: string) => void (written += text) }
  const args: Arguments = {
    operands: [],
    has: () => report !== undefined,
    value: () => report,
    values: () => (report === undefined ? [] : [report]),
  }
  return [await command.run({ stdout } as unknown as Context, args), written]
}
