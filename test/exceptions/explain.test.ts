import { expect, test } from 'vitest'
import { mistakesBy } from '../report/schema.ts'
import { temporary, write } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { report, run } from './support.ts'

test('why each text was or was not taken for a key, and only when asked for', async () => {
  const [exact, near] = [randomToken(), randomToken('hex', 45)]
  const cwd = temporary()
  write(cwd, { 'a.txt': `${exact} ${near}\nmodel pplx-7b-online\npplx-${'x'.repeat(48)}\n` })
  const [document] = await report(cwd, ['dir', '--explain'])
  expect(mistakesBy('scan', document)).toBeNull()
  expect(document.findings.map(({ why = '' }) => why).sort()).toEqual([
    expect.stringMatching(/^45 characters after the prefix, not 48, in no order: .* bits \(limit \d+\)$/),
    expect.stringMatching(/^48 characters after the prefix, in no order: .* bits \(limit \d+\)$/),
  ])
  expect(document.examples?.map(({ why = '' }) => why).sort()).toEqual([
    'only a few different characters',
    'the name of a model or product',
  ])
  const shown = await run(cwd, ['scan', 'dir', '--explain'])
  expect(shown.stdout).toContain('  Why      48 characters after the prefix, in no order: ')
  expect(shown.stdout).toContain('  Why      the name of a model or product\n')
  const lines = (await run(cwd, ['scan', 'dir', '--explain', '--report', 'jsonl'])).stdout
  expect(lines).toContain('"type":"example"')
  expect(lines.match(/"why":/g)).toHaveLength(4)
  for (const flags of [[], ['--show-examples']]) {
    expect((await run(cwd, ['scan', 'dir', ...flags])).stdout).not.toContain('Why')
    expect(JSON.stringify((await report(cwd, ['dir', ...flags]))[0])).not.toContain('"why"')
  }
})

test('the surest reading of a token explains it, in whatever order the files come', async () => {
  const token = randomToken()
  const long = `${token}${'A1b2'.repeat(25)}`
  for (const files of [
    { a: token, b: long },
    { a: long, b: token },
  ]) {
    const cwd = temporary()
    write(cwd, files)
    const [document] = await report(cwd, ['dir', '--explain'])
    expect(document.findings).toMatchObject([
      {
        occurrenceCount: 2,
        why: expect.stringMatching(/^48 characters after the prefix, in no order: words, [^;]*$/),
      },
    ])
  }
})
