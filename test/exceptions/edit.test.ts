import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseProjectFile } from '../../src/config/project.ts'
import { withException } from '../../src/exceptions/edit.ts'

const fresh = {
  fingerprint: `sha256:${'9'.repeat(64)}`,
  path: null,
  reason: 'why: "x" # y',
  owner: 'o',
  expires: null,
}
const read = (text: string) => parseProjectFile('x', Buffer.from(text)).exceptions

const reasons = [
  'r',
  '"q # x"',
  "'it''s'",
  '|\n      many\n      lines',
  '>-\n      folded',
  'plain # comment',
]
const block = (count: number, reason: string, indent: string): string =>
  Array.from(
    { length: count },
    (_, at) =>
      `${indent}- fingerprint: sha256:${String(at).repeat(9)}\n${indent}  reason: ${reason}\n${indent}  owner: o\n`,
  ).join(`${indent}# between\n`)
const flow = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, at) => `{ fingerprint: sha256:${String(at).repeat(9)}, reason: r, owner: o }`,
  )

const lists: readonly ((count: number, reason: string) => string)[] = [
  (count, reason) => `exceptions:\n${block(count, reason, '  ')}`,
  (count, reason) => `exceptions: # list\n${block(count, reason, '')}`,
  (count) =>
    `"exceptions":\n${flow(count)
      .map((one) => `  -   ${one} # one\n\n`)
      .join('')}`,
  (count) => `exceptions: [${flow(count).join(', ')}] # flow\n`,
  (count) => `exceptions: [\n  ${flow(count).join(',\n  ')}\n]\n`,
  () => 'exceptions: ~\n',
  () => '',
]

const file = fc.record({
  head: fc.constantFrom(
    '',
    '# head\n',
    '\ufeff',
    '---\n',
    '\n\n',
    'version: 1 # v\n',
    'exclude: [a,\n  b]\n',
  ),
  list: fc.constantFrom(...lists),
  count: fc.nat(3),
  reason: fc.constantFrom(...reasons),
  tail: fc.constantFrom(
    '',
    '# end',
    '\n# end\n',
    'rules: x\n',
    '  # odd\nlimits: { a: 1 }\n',
    'include:\n- x',
  ),
  breaks: fc.constantFrom('\n', '\r\n'),
})

test('however a file is written: the others are as they were, comments and line ends too', () => {
  let edited = 0
  fc.assert(
    fc.property(file, ({ head, list, count, reason, tail, breaks }) => {
      const text = `${head}${list(count, reason)}${tail}`.replaceAll('\n', breaks)
      let before: ReturnType<typeof read>
      try {
        before = read(text)
      } catch {
        return
      }
      const after = withException(text, fresh).text
      expect(read(after)).toEqual([...before, fresh])
      for (const comment of text.match(/#[^\r\n]*/g) ?? []) expect(after).toContain(comment)
      expect(text.includes('\r\n') && /[^\r]\n/.test(after)).toBe(false)
      edited += 1
    }),
    { numRuns: 300 },
  )
  expect(edited).toBeGreaterThan(150)
})

test('in blocks nothing of it is touched: the rest is there letter by letter', () => {
  fc.assert(
    fc.property(file, fc.constantFrom(...lists.slice(0, 3)), ({ head, reason, breaks }, list) => {
      const text = `${head}${list(2, reason)}\n# end\nrules:   x\n`.replaceAll('\n', breaks)
      const after = withException(text, fresh).text
      const at = after.indexOf(fresh.fingerprint)
      const from = after.lastIndexOf(breaks, at) + breaks.length
      const to = after.indexOf(breaks, after.indexOf('owner: o', at)) + breaks.length
      expect(after.slice(0, from) + after.slice(to)).toBe(text)
    }),
    { numRuns: 100 },
  )
})
