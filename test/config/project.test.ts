import * as fs from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseProjectFile, readProjectFile } from '../../src/config/project.ts'
import { temporaryFolder } from '../store/support.ts'

test('the file at the folder or above it in the same repository is read, none outside', () => {
  const folder = temporaryFolder()
  fs.mkdirSync(join(folder, 'repo/a/b'), { recursive: true })
  fs.mkdirSync(join(folder, 'repo/.git'))
  fs.writeFileSync(join(folder, '.pplx-warden.yaml'), 'exceptions: [outside]')
  expect(readProjectFile(join(folder, 'repo/a/b'), fs)).toBeNull()
  fs.writeFileSync(
    join(folder, 'repo/.pplx-warden.yaml'),
    `exceptions: [{ fingerprint: SHA256:${'AB'.repeat(5)}, reason: ' r ', owner: o }]\nexclude: [a]`,
  )
  const found = readProjectFile(join(folder, 'repo/a/b'), fs)
  expect(found).toMatchObject({
    path: join(folder, 'repo/.pplx-warden.yaml'),
    exceptions: [
      { fingerprint: `sha256:${'ab'.repeat(5)}`, path: null, reason: 'r', owner: 'o', expires: null },
    ],
  })
  expect(found?.warnings.join()).toContain('exclude: not built yet')
  fs.rmSync(join(folder, 'repo/.git'), { recursive: true })
  expect(readProjectFile(join(folder, 'repo/a/b'), fs)).toBeNull()
})

test('an empty one asks for nothing, a damaged one is refused', () => {
  const folder = temporaryFolder()
  const path = join(folder, '.pplx-warden.yaml')
  fs.writeFileSync(path, '# nothing\n')
  expect(readProjectFile(folder, fs)).toMatchObject({ exceptions: [], warnings: [] })
  for (const text of ['exceptions: [', '- list', 'exceptions: 1', 'text']) {
    fs.writeFileSync(path, text)
    expect(() => readProjectFile(folder, fs)).toThrow(/\.pplx-warden\.yaml:1:\d+: /)
  }
  fs.rmSync(path)
  fs.symlinkSync('/etc/passwd', path)
  expect(() => readProjectFile(folder, fs)).toThrow('not a regular file')
})

describe('what is wrong with an exception', () => {
  const good = 'fingerprint: sha256:1a2b3c4d, reason: r, owner: o'
  const table: [string, string, RegExp][] = [
    ['too few digits', 'fingerprint: sha256:1a2b3c4, reason: r, owner: o', /:2:20: .*8 to 64 hex digits/],
    ['too many', `fingerprint: sha256:${'a'.repeat(65)}, reason: r, owner: o`, /8 to 64 hex digits/],
    ['digits that YAML reads as a number', 'fingerprint: 12345678, reason: r, owner: o', /must be text/],
    ['no reason', 'fingerprint: sha256:1a2b3c4d, owner: o', /:2:5: exceptions\[0\]\.reason: missing/],
    ['an empty owner', 'fingerprint: sha256:1a2b3c4d, reason: r, owner: " "', /owner: must not be empty/],
    ['a date that is none', `${good}, expires: 2026-02-30`, /expires: is no date of the calendar/],
    ['a time', `${good}, expires: 2026-02-03T00:00:00Z`, /expires: must be a date: YYYY-MM-DD/],
    ['an absolute path', `${good}, path: /etc/**`, /path: must be relative/],
    ['a name nearly right', `${good}, expire: 2026-02-03`, /did you mean expires\?/],
    ['a name of every object', `${good}, __proto__: { path: x }`, /unknown name __proto__/],
    ['a list as a name', `${good}, ? [a] : b`, /a name must be text/],
  ]
  test.each(table)('%s', (_, fields, message) => {
    const text = Buffer.from(`exceptions:\n  - { ${fields} }\n`)
    expect(() => parseProjectFile('p.yaml', text)).toThrow(message)
  })

  test('a version or a name at the top that does not exist', () => {
    const parse = (text: string) => () => parseProjectFile('p.yaml', Buffer.from(text))
    expect(parse('version: 2\n')).toThrow('p.yaml:1:10: version: must be 1')
    expect(parse('exception: []\n')).toThrow('p.yaml:1:1: unknown name exception (did you mean exceptions?)')
  })
})

test('names within names, which take for ever to be written out, and a file that is too large are refused at once', () => {
  expect(() => parseProjectFile('p.yaml', Buffer.from('? '.repeat(500)))).toThrow('a name must be text')
  expect(() => parseProjectFile('p.yaml', Buffer.alloc(128 * 1024 + 1, '#'))).toThrow('larger than 128 KiB')
  expect(() => parseProjectFile('p.yaml', Buffer.from('['.repeat(60_000)))).toThrow(/p\.yaml:\d+:\d+: /)
})
