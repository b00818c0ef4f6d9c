import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Source } from '../../src/sources/types.ts'
import { found, Repo, scan, temporary, write } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { allow, print, report } from './support.ts'

const token = randomToken()
const other = randomToken()
const comment = allow(token)

async function counted(content: string | Uint8Array, name = 'a.py'): Promise<number> {
  const cwd = temporary()
  write(cwd, { [name]: content })
  return (await report(cwd, ['dir']))[0].summary.findings
}

const base64 = Buffer.from(`key=${token}\n`).toString('base64')

test.each([
  ['behind it', `K = "${token}" # ${comment}\n`, 0],
  ['before it', `/* ${comment} */ K = "${token}"`, 0],
  [
    'with the full fingerprint in capitals',
    `${token} pplx-warden:allow sha256:${print(token).slice(7).toUpperCase()}`,
    0,
  ],
  ['beside another comment', `${token} ${other} # ${comment} ${allow(other, 12)}`, 0],
  ['of a line with CR LF', `x\r\n${token} # ${comment}\r\ny`, 0],
  ['beside a wrapped token', `key: ${base64} # ${comment}\n`, 0],
  ['names another token', `${token} # ${allow(other)}`, 1],
  ['and a second token on its line', `${token} ${other} # ${comment}`, 1],
  ['on the line before', `# ${comment}\n${token}\n`, 1],
  ['on the line after', `${token}\n# ${comment}\n`, 1],
  ['and the same token on another line', `${token} # ${comment}\n${token}\n`, 1],
  ['with too few digits', `${token} # ${allow(token, 7)}`, 1],
  ['with digits too many', `${token} # pplx-warden:allow ${print(token)}0`, 1],
  ['with a wrong digit', `${token} # ${comment}${print(token)[15] === '0' ? '1' : '0'}`, 1],
  ['without its word', `${token} # allow ${print(token)}`, 1],
  ['wrapped itself', `${token} # ${Buffer.from(` ${comment} `).toString('base64')}`, 1],
  ['in the same wrapping', Buffer.from(`${token} # ${comment}\n`).toString('base64'), 1],
  ['too far away', `${token} ${'x '.repeat(3000)} ${comment}`, 1],
] as const)('a comment %s', async (_, content, findings) => {
  expect(await counted(content)).toBe(findings)
})

test('in UTF-16 of both kinds; U+0A00 ends no line', async () => {
  const text = `\ufeffx\n\u0a00 K = "${token}" // \u0a0a ${comment}\n`
  const little = Buffer.from(text, 'utf16le')
  expect(await counted(little)).toBe(0)
  expect(await counted(Buffer.from(little).swap16())).toBe(0)
  const below = Buffer.from(`\ufeffK = "${token}"\n// ${comment}\n`, 'utf16le')
  expect(await counted(below)).toBe(1)
  expect(await counted(Buffer.from(below).swap16())).toBe(1)
})

test('a packed file, a name and a log hold no comments', async () => {
  expect(await counted(gzipSync(`${token} ${comment}\n`), 'a.gz')).toBe(1)
  expect(await counted('x', `${token} ${comment}`)).toBe(1)
  const cwd = temporary()
  write(cwd, { 'a.log': `GET ${token} "${comment}"\n` })
  expect((await report(cwd, ['log', 'a.log']))[1]).toBe(1)
})

test('in the index and in the history; not in a message', async () => {
  const repo = new Repo()
  repo.stage({ 'a.py': `K = "${token}" # ${comment}\n` })
  expect((await report(repo.dir, ['staged']))[1]).toBe(0)
  repo.commit({})
  const [document, code] = await report(repo.dir, ['git'])
  expect(code).toBe(0)
  expect(document.findings[0]?.suppressed).toMatchObject({ by: 'inline comment' })
  expect(document.exceptions).toMatchObject([{ source: 'inline comment', status: 'applied', occurrences: 1 }])
  repo.commit({ 'a.py': 'x' }, `remove ${token} ${comment}`)
  expect((await report(repo.dir, ['git']))[1]).toBe(1)
})

/** A unit that streams, in chunks of `size`. */
function streamed(content: Buffer, size: number): Source {
  const name = { text: 'big.txt', raw: null }
  const chunks = Array.from({ length: Math.ceil(content.length / size) }, (_, at) =>
    Buffer.from(content.subarray(at * size, (at + 1) * size)),
  )
  return {
    kind: 'dir',
    target: '.',
    excluded: {},
    async *units() {
      const origin = { kind: 'file', path: name, file: Buffer.from('/nowhere/big.txt') } as const
      yield [{ name, bytes: Readable.from(chunks), origin, encodings: [] }]
    },
  }
}

test('in a file that streams, wherever its chunks end', async () => {
  const line = `${'x'.repeat(500)}\n`
  const before = line.repeat(10_000)
  const content = Buffer.from(
    `${before}K = "${token}" # ${comment}\n${line.repeat(7000)}L = "${other}"\n# ${allow(other)}\n`,
  )
  const at = Buffer.byteLength(before)
  for (const size of [at + 3, at + 40, at + 70, at + 100, 65_536, 7_000_000]) {
    const result = await scan(streamed(content, size))
    expect(found(result, token).suppressed, `chunks of ${size}`).toMatchObject({ by: 'inline comment' })
    expect(found(result, other).suppressed).toBeNull()
  }
  const last = await scan(streamed(Buffer.from(`${line.repeat(3000)}${token} ${comment}`), 65_536))
  expect(found(last, token).suppressed, 'on the last line').not.toBeNull()
})
