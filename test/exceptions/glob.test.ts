import { expect, test } from 'vitest'
import { pathMatcher, patience } from '../../src/exceptions/glob.ts'

test.each([
  ['**', 'a/b.txt', true],
  ['**', '.env', true],
  ['**', 'a\nb/c\nd', true],
  ['src/*', 'src/.env', true],
  ['src/*', 'src/a/b', false],
  ['./src/*', 'src/a', true],
  ['a/**', 'a', true],
  ['*.py', 'sub/a.py', false],
  ['{a,b}/**/{test,tests}/**/*.{json,yaml}', 'b/x/tests/y/z.yaml', true],
  ['!src/**', 'other/a', true],
  ['!src/**', 'src/a', false],
  ['@(a|b)/c', 'b/c', true],
  ['[', 'a', false],
  ['constructor', '__proto__', false],
  ['**', 'x'.repeat(5000), false],
] as const)('%s and %j: %s', (glob, path, expected) => {
  expect(pathMatcher(glob, patience())(path)).toBe(expected)
})

const short = (left: number) => ({ milliseconds: 40, left })

test('a glob that takes for ever is given up for good, and excepts nothing', () => {
  const path = `${'a'.repeat(200)}b`
  const hopeless = pathMatcher('*a'.repeat(30), short(9))
  expect(hopeless('a'.repeat(30)), 'quick on this one').toBe(true)
  expect(hopeless(path)).toBe(false)
  expect(hopeless('a'.repeat(31)), 'but not trusted any more').toBe(false)
  for (const [glob, long] of [
    ['**/a/'.repeat(20), `${'a/'.repeat(500)}b`],
    [`{${'*a*,'.repeat(50)}x}${'*a'.repeat(20)}`, path],
  ] as const) {
    expect(pathMatcher(glob, short(9))(long), glob).toBe(false)
  }
})

test('many of them do not take many times as long: those that come after are not tried', () => {
  const limit = short(1)
  const [one, another] = [pathMatcher('*a'.repeat(30), limit), pathMatcher('*a*a*a', limit)]
  expect(another('aaa')).toBe(true)
  expect(one(`${'a'.repeat(200)}b`)).toBe(false)
  expect(another('aaaa')).toBe(false)
  expect(pathMatcher('*.py', limit)('a.py'), 'a quick one is').toBe(true)
})
