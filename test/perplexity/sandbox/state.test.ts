import * as fs from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Arguments } from '../../../src/cli/types.ts'
import { sandbox as command } from '../../../src/cli/sandbox.ts'
import type { Context, Output } from '../../../src/context.ts'
import { startSandbox } from '../../../src/perplexity/sandbox/index.ts'
import { open } from '../../../src/secret/open.ts'
import { client, sandbox, world } from '../support.ts'

const folder = fs.mkdtempSync(join(tmpdir(), 'warden-sandbox-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

let count = 0
function files() {
  const own = join(folder, String((count += 1)))
  fs.mkdirSync(own)
  return { stateFile: join(own, 'state.json'), keyFile: join(own, 'key'), own }
}

describe('state', () => {
  it('survives a restart: live keys live, dead keys stay dead', async () => {
    const { stateFile, keyFile } = files()
    const before = await startSandbox({ stateFile, keyFile }, world())
    const dead = before.createKey({ tokenName: 'dead' })
    const live = before.createKey({ tokenName: 'live' })
    await client(before.url).revoke({ authoriser: before.firstKey, target: dead })
    const { keys } = before.books()
    await before.close()

    const after = await sandbox({ stateFile, keyFile })
    expect(after.books().keys).toEqual(keys)
    const api = client(after.url)
    expect(open(after.firstKey)).toBe(open(before.firstKey))
    expect((await api.probe(live)).answer).toBe('accepted')
    expect((await api.probe(dead)).answer).toBe('refused')
  })

  it('holds fingerprints, 0600, and no token', async () => {
    const { stateFile } = files()
    const server = await sandbox({ stateFile })
    const other = server.createKey()
    const text = fs.readFileSync(stateFile, 'utf8')
    expect(text).toContain(other.fingerprint)
    for (const secret of [server.firstKey, other]) expect(text).not.toContain(open(secret).slice(5, 20))
    expect(fs.statSync(stateFile).mode & 0o777).toBe(0o600)
  })

  it('without its key file it says that it cannot know its first key', async () => {
    const { stateFile } = files()
    await (await startSandbox({ stateFile }, world())).close()
    const after = await sandbox({ stateFile })
    expect(() => after.firstKey).toThrowError(/cannot know its first key/)
    expect(after.books().counters.live).toBe(1)
  })

  it.each(['', '{}', '{"version":2,"keys":[]}', '{"version":1,"keys":[{}]}'])(
    'damaged (%j): 2, file untouched',
    async (text) => {
      const { stateFile } = files()
      fs.writeFileSync(stateFile, text)
      await expect(startSandbox({ stateFile }, world())).rejects.toMatchObject({ exitCode: 2 })
      expect(fs.readFileSync(stateFile, 'utf8')).toBe(text)
    },
  )

  it('a full disk: 500, and no key was made', async () => {
    const { stateFile } = files()
    let full = false
    const openSync: typeof fs.openSync = (...args) => {
      if (full) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
      return fs.openSync(...args)
    }
    const server = await sandbox({ stateFile }, { ...world(), fs: { ...fs, openSync } })
    full = true
    const result = await client(server.url).issue({
      authoriser: server.firstKey,
      tokenName: 'x',
      sealReply: () => Promise.resolve(),
    })
    expect(result).toMatchObject({ outcome: 'ambiguous', signal: { status: 500 } })
    expect(server.books().counters.live).toBe(1)
  })
})

describe('the key file', () => {
  it('holds the first key, 0600', async () => {
    const { keyFile } = files()
    const server = await sandbox({ keyFile })
    expect(fs.readFileSync(keyFile, 'utf8')).toBe(`${open(server.firstKey)}\n`)
    expect(fs.statSync(keyFile).mode & 0o777).toBe(0o600)
  })

  it('never replaces a file that is not its own', async () => {
    const { keyFile } = files()
    fs.writeFileSync(keyFile, 'precious\n')
    await expect(startSandbox({ keyFile }, world())).rejects.toMatchObject({ exitCode: 2 })
    expect(fs.readFileSync(keyFile, 'utf8')).toBe('precious\n')
  })

  it('in a folder that is not there: 2', async () => {
    const keyFile = join(files().own, 'missing', 'key')
    await expect(startSandbox({ keyFile }, world())).rejects.toMatchObject({ exitCode: 2 })
  })
})

describe('the command', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('prints its url, serves until %s, leaves with %i', async (signal, code) => {
    const { stateFile, keyFile } = files()
    const stop = new AbortController()
    const out = output()
    const err = output()
    const running = command.run(
      context(stop.signal, out, err),
      flags({ state: stateFile, 'key-file': keyFile }),
    )
    await expect.poll(() => out.text()).toContain('\n')
    const { url } = JSON.parse(out.text()) as { url: string }
    expect(out.text()).toBe(`${JSON.stringify({ url })}\n`)
    const key = fs.readFileSync(keyFile, 'utf8').trim()
    const headers = { authorization: `Bearer ${key}` }
    expect((await fetch(`${url}/generate_auth_token`, { method: 'POST', headers })).status).toBe(200)
    stop.abort(signal)
    expect(await running).toBe(code)
    expect(out.text() + err.text() + fs.readFileSync(stateFile, 'utf8')).not.toContain(key.slice(5, 20))
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  it.each([{ port: '65536' }, { port: 'x' }, { 'revoke-unknown': 'perhaps' }])('%j: 2', async (wrong) => {
    const run = command.run(context(AbortSignal.abort('SIGTERM'), output(), output()), flags(wrong))
    await expect(run).rejects.toMatchObject({ exitCode: 2 })
  })

  it('a port that is taken: 2, and no key file is left behind', async () => {
    const { keyFile } = files()
    const other = createServer()
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port))
    })
    await expect(startSandbox({ port, keyFile }, world())).rejects.toMatchObject({ exitCode: 2 })
    other.close()
    expect(fs.existsSync(keyFile)).toBe(false)
  })
})

function output(): Output & { text(): string } {
  let all = ''
  return { isTTY: false, columns: 80, write: (text) => void (all += text), text: () => all }
}

function context(signal: AbortSignal, stdout: Output, stderr: Output): Context {
  return { ...world(), signal, stdout, stderr } as unknown as Context
}

function flags(values: Record<string, string>): Arguments {
  return { operands: [], has: (name) => name in values, value: (name) => values[name], values: () => [] }
}
