import { afterAll, expect, test } from 'vitest'
import { randomToken } from '../../../support.ts'
import { never } from '../../support.ts'
import { check, type Leak, scanned, withPast } from './situation.ts'
import { dropTemplates } from './templates.ts'

afterAll(dropTemplates)

test('each thing that a row says is looked at: what is not so fails', async () => {
  const [repo, token] = [withPast(), randomToken()]
  const introducedBy = repo.commit({ 'k.txt': token })
  const dir = repo.dir
  const result = await scanned({ dir, leaks: [] }, never)
  const at = { introducedBy, path: { text: 'k.txt' } }
  const judged = (leak: Leak | null, gaps?: readonly RegExp[]) => () =>
    check(result, { dir, leaks: leak === null ? [] : [leak], ...(gaps === undefined ? {} : { gaps }) })
  expect(judged({ token, count: 1, encodings: [], at })).not.toThrow()
  const wrong: [Leak | null, RegExp[]?][] = [
    [null],
    [{ token: randomToken() }],
    [{ token, count: 2 }],
    [{ token, encodings: ['gzip'] }],
    [{ token, at: { ...at, path: { text: 'a.txt' } } }],
    [{ token, at: { ...at, commit: { unreachable: true } } }],
    [{ token }, [/shallow/]],
  ]
  for (const [leak, gaps] of wrong) expect(judged(leak, gaps)).toThrow(/expected/)
  expect(() => check({ ...result, complete: false }, { dir, leaks: [{ token }] })).toThrow(/expected/)
  const lost = { ...result, findings: [] }
  expect(() => check(lost, { dir, leaks: [{ token, orGap: /object/ }] })).toThrow(/expected/)
})
