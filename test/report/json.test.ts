import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../../src/pipeline/types.ts'
import { json } from '../../src/report/json.ts'
import { jsonl } from '../../src/report/jsonl.ts'
import { randomToken } from '../support.ts'
import { finding, name, report, written } from './result.ts'
import { mistakesBy } from './schema.ts'

interface Document {
  scan: { skipped: { unit: string; reason: string }[]; target: string }
  findings: {
    occurrences: { location: { path: string; pathBase64: string | null; pathSha256?: string } }[]
  }[]
  summary: unknown
  [name: string]: unknown
}

const read = async (...args: Parameters<typeof report>) =>
  JSON.parse(await written(json(report(...args)))) as Document

const full = (token: string): Finding =>
  finding(
    token,
    {
      confidence: 'known',
      key: {
        id: 'key-1',
        name: 'Main',
        status: 'active',
        environment: 'production',
        owners: [{ name: 'Search team', email: 's@example.com', slack: '#search' }],
      },
      suppressed: { by: 'config', reason: 'test data', expires: null },
    },
    {
      commit: {
        id: 'a'.repeat(40),
        author: 'Ann <a@example.com>',
        date: '2026-01-01T00:00:00Z',
        refs: ['refs/heads/main'],
        unreachable: false,
      },
      object: { id: 'b'.repeat(40), type: 'blob' },
      paths: [name('src/app.py')],
      introducedBy: 'a'.repeat(40),
    },
    { path: null, line: null, column: null, ref: 'refs/heads/x', via: ['reflog'] },
  )

describe('the scan report as JSON', () => {
  test('until when git keeps what nothing reaches', async () => {
    const commit = {
      id: 'a'.repeat(40),
      author: 'Ann <a@example.com>',
      date: '2026-01-01T00:00:00Z',
      refs: [],
      unreachable: true,
      prunedAfter: '2026-12-13T00:00:00.000Z',
      reflog: 'HEAD@{1}',
    }
    const stray = { staged: false, prunedAfter: null }
    const document = await read({ findings: [finding(randomToken(), {}, { commit }, { stray })] })
    expect(mistakesBy('scan', document)).toBeNull()
    const places = (document.findings[0]?.occurrences ?? []).map(
      ({ location }: { location: object }) => location,
    )
    expect(places).toMatchObject([{ commit }, { stray }])
    expect(places[0]).not.toHaveProperty('stray')
  })

  test('has every field of the design, in its order, and keeps to the published schema', async () => {
    const found = full(randomToken())
    const document = await read({
      findings: [found, finding(randomToken(), { confidence: 'near' })],
      skipped: [{ skipped: 'a.gz', reason: 'damaged', hint: 'look' }],
      excluded: { links: 3 },
      expected: [{ fingerprint: found.fingerprint, name: 'Main', path: name('.env') }],
    })
    expect(mistakesBy('scan', document)).toBeNull()
    expect(Object.keys(document)).toEqual([
      'schemaVersion',
      'tool',
      'scan',
      'expected',
      'findings',
      'preexisting',
      'summary',
    ])
    expect(document.scan).toMatchObject({
      complete: false,
      skipped: [{ unit: 'a.gz', reason: 'damaged' }],
      excluded: { links: 3 },
    })
    expect(document['expected']).toEqual([{ fingerprint: found.fingerprint, name: 'Main', path: '.env' }])
    expect(document.summary).toEqual({ findings: 1, occurrences: 1, suppressed: 1 })
  })

  test('the schema is not so wide that anything fits', async () => {
    const document = await read({ findings: [full(randomToken())] })
    expect(mistakesBy('scan', { ...document, more: 1 })).not.toBeNull()
    expect(mistakesBy('scan', { ...document, summary: undefined })).not.toBeNull()
    const other = structuredClone(document) as unknown as {
      findings: { occurrences: { encodings: string[] }[] }[]
    }
    other.findings[0]?.occurrences[0]?.encodings.push('rot13')
    expect(mistakesBy('scan', other)).not.toBeNull()
  })

  test('a name that is no UTF-8 keeps its bytes; one that holds a token only its hash', async () => {
    const token = randomToken()
    const raw = Buffer.from([0x61, 0xff, 0x62])
    const hostile = Buffer.concat([Buffer.from(token), Buffer.from([0xff])])
    const places = [
      { path: name('a\ufffdb', raw) },
      { path: name(hostile.toString('utf8'), hostile) },
      { path: name(`${token}.txt`) },
    ]
    const { findings } = await read({ findings: [finding(token, {}, ...places)] })
    const [plain, both, held] = (findings[0]?.occurrences ?? []).map((one) => one.location)
    expect(plain).toMatchObject({ path: 'a\ufffdb', pathBase64: raw.toString('base64') })
    expect(plain).not.toHaveProperty('pathSha256')
    const hash = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')
    expect(both).toMatchObject({ pathBase64: null, pathSha256: hash(hostile) })
    expect(held).toMatchObject({ pathBase64: null, pathSha256: hash(`${token}.txt`) })
  })

  test('no text of it can hold a token', async () => {
    const token = randomToken()
    const found = full(token)
    const [first] = found.occurrences
    if (first === undefined || found.key === null) throw new Error('no occurrence')
    const everywhere: Finding = {
      ...found,
      key: { ...found.key, name: token, owners: [{ name: token, email: token, slack: token }] },
      suppressed: { by: token, reason: token, expires: null },
      occurrences: [
        {
          ...first,
          location: {
            ...first.location,
            path: name(token),
            paths: [name(`x/${token}`)],
            ref: `refs/heads/${token}`,
            url: `https://e.example/?k=${token}`,
            via: [token],
            commit: {
              id: 'a'.repeat(40),
              author: token,
              date: '2026-01-01T00:00:00Z',
              refs: [token],
              unreachable: false,
            },
          },
        },
      ],
    }
    const changes = {
      target: token,
      findings: [everywhere],
      examples: [everywhere],
      skipped: [{ skipped: token, reason: `cannot read ${token}` }],
      expected: [{ fingerprint: found.fingerprint, name: token, path: name(token) }],
    }
    const responded = async () => ({
      incidents: [{ id: 'x', steps: [{ evidence: token }] }],
      text: token,
      validity: new Map(),
    })
    for (const reporter of [json, jsonl]) {
      const text = await written(reporter(report(changes, { examples: true, responded })))
      expect(text).not.toContain(token)
      expect(text).not.toContain(token.slice(5))
      expect(text).toContain(found.secret.masked)
    }
  })

  test('control characters and those that turn the direction are escapes, and come back the same', async () => {
    const odd = 'a\u001b[31m\u009b\u202eb\u2028c\ud800'
    const text = await written(json(report({ target: odd })))
    expect(text).toMatch(/^[\n\u0020-\u007e\u00a1-\uffff]*$/)
    expect(text).not.toMatch(/[\u202e\u2028\ud800]/)
    expect((JSON.parse(text) as Document).scan.target).toBe(odd)
  })

  test('incidents are there when a response was asked for, examples when they were', async () => {
    expect(await read()).not.toHaveProperty('incidents')
    expect(
      await read({}, { responded: async () => ({ incidents: [], text: '', validity: new Map() }) }),
    ).toHaveProperty('incidents', [])
    const document = await read({ examples: [finding(randomToken())] }, { examples: true })
    expect(document['examples']).toMatchObject([{ confidence: 'example' }])
    expect(mistakesBy('scan', document)).toBeNull()
  })
})

describe('the scan report as lines', () => {
  test('findings come before anything is waited for, the summary last', async () => {
    let asked = false
    const lines = jsonl(
      report(
        { findings: [finding(randomToken())], skipped: [{ skipped: 'a', reason: 'b' }] },
        {
          responded: async () => {
            asked = true
            return { incidents: [], text: '', validity: new Map() }
          },
        },
      ),
    )
    const types: unknown[] = []
    for await (const line of lines) {
      const parsed = JSON.parse(line) as { type: string }
      expect(asked).toBe(parsed.type === 'summary')
      expect(line.indexOf('\n')).toBe(line.length - 1)
      types.push(parsed.type)
    }
    expect(types).toEqual(['finding', 'skipped', 'summary'])
  })
})
