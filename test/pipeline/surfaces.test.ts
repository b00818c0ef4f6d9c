import { expect, test } from 'vitest'
import { surfaceOf, surfaceRules } from '../../src/pipeline/surfaces.ts'

test.each(surfaceRules.map((rule) => [rule.id, rule] as const))('the examples of %s hold', (id, rule) => {
  const not = (path: string) => surfaceOf('dir', path).surface !== id
  expect((rule.matches ?? []).filter(not)).toEqual([])
  expect((rule.ignores ?? []).filter((path) => !not(path))).toEqual([])
})

test('the source decides before the path', () => {
  expect(surfaceOf('git', '.env')).toEqual({ surface: 'git-history', severity: 'high' })
  expect(surfaceOf('log', null)).toEqual({ surface: 'log', severity: 'high' })
})
