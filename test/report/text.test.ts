import { expect, test } from 'vitest'
import { text } from '../../src/report/text.ts'
import { redactText } from '../../src/detect/index.ts'
import type { ExceptionUse } from '../../src/exceptions/types.ts'
import { randomToken } from '../support.ts'
import { finding, name, report, written } from './result.ts'

const show = (...args: Parameters<typeof report>): Promise<string> => written(text(report(...args)))

const key = {
  id: 'key-1',
  name: 'Main',
  status: 'active',
  environment: 'production',
  owners: [{ name: 'Search team', slack: '#search' }],
} as const

test('a key of ours: where, whose, and the exact command', async () => {
  const found = finding(randomToken(), { key, confidence: 'known' })
  const shown = await show({ findings: [found] }, { commandFlags: ' --db /tmp/x.db' })
  expect(shown).toContain(found.secret.masked)
  expect(shown).toContain('Main (production, active), owned by Search team <#search>')
  expect(shown).toContain('src/app.py:3:11 source-code')
  expect(shown).toContain(`\`pplx-warden respond ${found.fingerprint.slice(7, 15)} --db /tmp/x.db\``)
  expect(shown.trimEnd().split('\n').slice(-2).join()).toContain('Found 1 key in 1 place.')
})

test('an unknown key: what can be done; a revoked one: nothing', async () => {
  const shown = await show({ findings: [finding(randomToken())] })
  expect(shown).toContain('not in the inventory')
  expect(shown).toContain('`pplx-warden respond --mine`')
  expect(shown).toContain('`pplx-warden respond --not-mine`')
  expect(
    await show({ findings: [finding(randomToken(), { key: { ...key, status: 'revoked' } })] }),
  ).toContain('nothing: this key is revoked')
})

test('the commit, who made it, whether anything still reaches it', async () => {
  const commit = {
    id: 'c'.repeat(40),
    author: 'Ann <a@example.com>',
    date: '2026-01-02T03:04:05Z',
    refs: ['refs/heads/main', 'refs/tags/v1'],
    unreachable: false,
  }
  const shown = await show(
    { source: 'git', findings: [finding(randomToken(), {}, { commit, removedBy: 'd'.repeat(40) })] },
    { columns: 200 },
  )
  expect(shown).toContain(
    'commit cccccccccc of 2026-01-02 by Ann <a@example.com>, on main, v1, removed by dddddddddd, still in the history',
  )
  expect(shown).toContain('force-pushing does not help')
  const lost = finding(randomToken(), {}, { commit: { ...commit, refs: [], unreachable: true } })
  expect(await show({ source: 'git', findings: [lost] }, { columns: 200 })).toContain(
    'reached by no branch or tag',
  )
})

test('a version that the next one with the same key replaced was changed, not removed', async () => {
  const [first, second, third] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string]
  const version = (introducedBy: string, removedBy: string | null, path = 'src/app.py') => ({
    introducedBy,
    removedBy,
    path: name(path),
    paths: [name(path)],
  })
  const shownOf = (...places: ReturnType<typeof version>[]) =>
    show({ source: 'git', findings: [finding(randomToken(), {}, ...places)] }, { columns: 200 })
  const stands = await shownOf(version(first, second), version(second, third), version(third, null))
  expect(stands).toContain('commit 1111111111, changed by 2222222222')
  expect(stands).toContain('commit 2222222222, changed by 3333333333')
  expect(stands).not.toContain('removed')
  expect(stands).not.toContain('still in the history')
  const gone = await shownOf(version(first, second), version(second, third))
  expect(gone).toContain('commit 1111111111, changed by 2222222222')
  expect(gone).toContain('commit 2222222222, removed by 3333333333, still in the history')
  const elsewhere = await shownOf(version(first, second), version(second, null, 'other.py'))
  expect(elsewhere).toContain('commit 1111111111, removed by 2222222222, still in the history')
})

test('refs are counted, and where the list has an end at least so many', async () => {
  const on = async (count: number): Promise<string> => {
    const refs = Array.from({ length: count }, (_, n) => `refs/heads/b${n}`)
    const commit = { id: 'c'.repeat(40), author: 'Ann', date: '', refs, unreachable: false }
    return show({ source: 'git', findings: [finding(randomToken(), {}, { commit })] }, { columns: 200 })
  }
  expect(await on(3)).toMatch(/on b0, b1, b2\n/)
  expect(await on(99)).toContain('on b0, b1, b2 and 96 more')
  expect(await on(100)).toContain('on b0, b1, b2 and at least 97 more')
})

test('until when git keeps what no branch reaches, and once how to be rid of it', async () => {
  const commit = {
    id: 'c'.repeat(40),
    author: 'Ann <a@example.com>',
    date: '',
    refs: [],
    unreachable: true,
    prunedAfter: '2026-12-13T08:00:00.000Z',
    reflog: 'HEAD@{1}',
  }
  const place = (changes: object) => ({ commit: { ...commit, ...changes } })
  const object = { id: 'b'.repeat(40), type: 'blob' }
  const shown = await show(
    {
      source: 'git',
      findings: [
        finding(
          randomToken(),
          {},
          place({}),
          place({ prunedAfter: '2026-11-01T00:00:00.000Z', reflog: null }),
          place({ prunedAfter: null }),
          { object, stray: { staged: true, prunedAfter: null } },
          { object, stray: { staged: false, prunedAfter: '2026-12-01T00:00:00.000Z' } },
        ),
      ],
    },
    { columns: 300 },
  )
  for (const words of [
    'commit cccccccccc by Ann <a@example.com>, reached by no branch or tag, only by the reflog (HEAD@{1}), git gc may prune it from 2026-12-13 on',
    'by no branch or tag, git gc may prune it any time',
    '(HEAD@{1}), git gc keeps it',
    'blob bbbbbbbbbb, staged, in no commit',
    'in no commit, git gc may prune it from 2026-12-01 on',
  ])
    expect(shown).toContain(words)
  expect(shown.split('`git reflog expire --expire=now --all && git gc --prune=now`').length).toBe(2)
  const staged = finding(randomToken(), {}, { object, stray: { staged: true, prunedAfter: null } })
  expect(await show({ source: 'git', findings: [staged] })).not.toContain('git reflog expire')
})

test('many places are cut and counted', async () => {
  const places = Array.from({ length: 40 }, (_, line) => ({ line: line + 1 }))
  const shown = await show({ findings: [finding(randomToken(), { occurrenceCount: 400 }, ...places)] })
  expect(shown).toContain('and 390 more places')
  expect(shown.split('\n').filter((line) => line.includes('src/app.py'))).toHaveLength(10)
})

test('what was not read stands in groups, and the result says that it is not clean', async () => {
  const skipped = Array.from({ length: 8 }, (_, n) => ({
    skipped: `file ${n}`,
    reason: 'EACCES: permission denied',
    hint: 'chmod',
  }))
  const shown = await show({ skipped: [...skipped, { skipped: 'x.gz', reason: 'damaged' }] })
  expect(shown).toContain('Not read: 9')
  expect(shown).toContain('and 3 more')
  expect(shown.match(/chmod/g)).toHaveLength(1)
  expect(shown).toContain('so this is not a clean result')
  expect(await show({ skipped }, { incompleteAllowed: true })).toContain('allowed by --allow-incomplete')
})

test('what was left out by rule is said in words, archives that were not opened too', async () => {
  const shown = await show(
    { excluded: { links: 3, git: 1, submodules: 2, unsupportedContainers: 2 } },
    { columns: 200 },
  )
  expect(shown).toContain('Left out by rule: 3 links, 1 .git folder or file')
  expect(shown.replaceAll(/\s+/g, ' ')).toContain(
    '2 submodules (their histories are not in this clone, or in no part of the range)',
  )
  expect(shown).toContain('Not opened: 2 archives of a kind')
})

test('a name cannot steer the terminal, nor look like another line', async () => {
  const hostile = name('a\u001b]0;x\u0007\u202e\nHIGH  b  c')
  const shown = await show({
    findings: [finding(randomToken(), {}, { path: hostile })],
    skipped: [{ skipped: hostile.text, reason: `x${hostile.text}` }],
    target: hostile.text,
  })
  expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  expect(shown).toContain('a\\e]0;x\\u{7}\\u{202e}\\nHIGH  b  c:3:11')
})

test('no token in it, wherever one stood', async () => {
  const token = randomToken()
  const found = finding(
    token,
    { key: { ...key, name: token, owners: [{ name: token }] } },
    { path: name(`d/${token}`), ref: token, via: [token] },
  )
  const shown = await show(
    {
      findings: [found],
      target: token,
      skipped: [{ skipped: token, reason: token }],
      expected: [{ fingerprint: found.fingerprint, name: token, path: name(token) }],
    },
    { responded: async () => ({ incidents: [], text: `Incident ${token}\n`, validity: new Map() }) },
  )
  expect(shown).not.toContain(token.slice(5))
  expect(redactText(shown)).toBe(shown)
})

test('lines fit the width, from 40 to 200, unless one word is longer', async () => {
  const commit = {
    id: 'c'.repeat(40),
    author: 'Ann <a@example.com>',
    date: '2026-01-02T03:04:05Z',
    refs: ['refs/heads/main'],
    unreachable: false,
  }
  const findings = [finding(randomToken(), { key }, { commit }), finding(randomToken())]
  const changes = {
    source: 'git' as const,
    findings,
    skipped: [{ skipped: 'x', reason: 'a long reason of many words '.repeat(5) }],
    excluded: { links: 1, git: 2, unsupportedContainers: 1 },
  }
  for (const columns of [40, 60, 80, 200]) {
    const shown = await show(changes, { columns })
    const long = shown.split('\n').filter((line) => line.length > columns)
    expect(long).toEqual([])
  }
})

test('quiet says nothing when there is nothing to say, and only then', async () => {
  expect(await show({ excluded: { links: 3 } }, { quiet: true })).toBe('')
  expect(await show({ skipped: [{ skipped: 'x', reason: 'y' }] }, { quiet: true })).toContain('INCOMPLETE')
  expect(await show({ findings: [finding(randomToken())] }, { quiet: true })).toContain('Found 1 key')
})

test('keys where they belong, and examples only when asked for', async () => {
  const expected = [{ fingerprint: finding(randomToken()).fingerprint, name: 'Main', path: name('.env') }]
  expect(await show({ expected })).toMatch(/Where they belong[^]*\.env Main/)
  const example = finding(randomToken())
  expect(await show({ examples: [example] })).not.toContain(example.secret.masked)
  expect(await show({ examples: [example] }, { examples: true })).toContain(example.secret.masked)
})

test('exceptions: each status in words, most pressing first, within the width, and no name steers the terminal', async () => {
  const use = (status: ExceptionUse['status'], changes: Partial<ExceptionUse> = {}): ExceptionUse => ({
    fingerprint: `sha256:${'1a2b3c4d'.repeat(8)}`,
    path: null,
    reason: 'a sample of the old documentation',
    owner: 'Search team',
    expires: '2027-01-01',
    source: '.pplx-warden.yaml',
    status,
    occurrences: 1,
    ...changes,
  })
  const token = randomToken()
  const many = Array.from({ length: 30 }, () => use('unused'))
  const exceptions = [
    use('applied', { path: 'a\u001b[31m\nb', reason: token }),
    ...many,
    use('expired'),
    use('refused'),
  ]
  for (const columns of [40, 80, 200]) {
    const shown = await show({ exceptions }, { columns })
    expect(shown.split('\n').filter((line) => line.length > columns)).toEqual([])
    const statuses = shown.match(/^ {2}(refused|expired|unused|applied)/gm)?.map((word) => word.trim())
    expect([...new Set(statuses)]).toEqual(['refused', 'expired', 'unused', 'applied'])
    expect(shown.replaceAll(/\s+/g, ' ')).toContain('and 10 more; --report json lists all')
    expect(shown).toContain('a\\e[31m\\nb')
    expect(shown).not.toContain(token.slice(5))
  }
})
