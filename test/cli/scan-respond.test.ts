import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { mistakesBy } from '../report/schema.ts'
import { temporary, write } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { startWarden, warden } from './command.ts'

interface Document {
  findings: { key: { name: string } | null; validity: string }[]
  incidents: { status: string; steps: { name: string; status: string }[] }[]
}

/** The sandbox with one key, an application that uses it, and a folder where it leaked beside a stranger's. */
async function scene() {
  const home = temporary()
  const keyFile = join(home, 'first-key')
  const sandbox = startWarden(['sandbox', '--port', '0', '--key-file', keyFile])
  onTestFinished(() => void sandbox.kill())
  const [line] = (await once(sandbox.stdout, 'data')) as [Buffer]
  const env = {
    PPLX_WARDEN_API_URL: (JSON.parse(line.toString()) as { url: string }).url,
    PPLX_WARDEN_HOME: join(home, 'state'),
    HOME: home,
  }
  const token = readFileSync(keyFile, 'utf8').trim()
  const stranger = randomToken()
  write(home, {
    'app/.env': `A=1\nKEY=${token}\n`,
    'tree/leak.log': `GET ${token}\n`,
    'tree/other.txt': stranger,
  })
  const dotenv = `{ kind: dotenv, path: app/.env, variable: KEY }`
  writeFileSync(
    join(home, 'inventory.yaml'),
    `keys:\n  - { name: Main, token: "file:first-key", environment: production, owners: [{ name: Search }], consumers: [${dotenv}] }\n`,
  )
  expect(warden(['inventory', 'import', 'inventory.yaml'], { cwd: home, env })).toMatchObject({ code: 0 })
  const scan = (...flags: string[]) => {
    const ended = warden(['scan', 'dir', 'tree', ...flags], { cwd: home, env })
    for (const secret of [token, stranger]) expect(ended.stdout + ended.stderr).not.toContain(secret.slice(5))
    expect(ended.code, ended.stderr).toBe(1)
    return ended.stdout
  }
  return { scan, token, application: () => readFileSync(join(home, 'app/.env'), 'utf8') }
}

test('scan --respond: one document, what is ours is closed, the unknown key is shown', async () => {
  const { scan, token, application } = await scene()
  const document = JSON.parse(
    scan('--respond', '--yes', '--exposure', 'public', '--durable-state', '--report', 'json'),
  ) as Document
  expect(mistakesBy('scan', document)).toBeNull()
  expect(
    document.findings.map((finding) => finding.key?.name ?? '').toSorted((a, b) => (a < b ? -1 : 1)),
  ).toEqual(['', 'Main'])
  expect(document.findings.map((finding) => `${finding.key?.name ?? ''} ${finding.validity}`).sort()).toEqual(
    [' unchecked', 'Main dead'],
  )
  expect(document.incidents).toMatchObject([{ status: 'closed' }])
  expect(mistakesBy('respond', { schemaVersion: 1, incident: document.incidents[0] })).toBeNull()
  expect(application()).toMatch(/^A=1\nKEY=pplx-[A-Za-z0-9]{48}\n$/)
  expect(application()).not.toContain(token)
})

test('scan --respond --plan shows what would happen and changes nothing; flags for one key are refused', async () => {
  const { scan, token, application } = await scene()
  const text = scan('--respond', '--plan', '--exposure', 'public')
  expect(text).toContain('Plan (nothing was changed)')
  expect(text).toContain('dotenv')
  expect(application()).toContain(token)
  expect(JSON.parse(scan('--respond', '--dry-run', '--report', 'json'))).toMatchObject({ incidents: [] })
  expect(warden(['scan', 'dir', '.', '--respond', '--mine']).code).toBe(2)
})

test('scan --open-incidents changes nothing and says what is open', async () => {
  const { scan, token, application } = await scene()
  const text = scan('--open-incidents', '--exposure', 'shared')
  expect(text).toMatch(/Incident {2}inc-[a-z2-7]{10} {2}Main/)
  expect(text).toContain('not in the inventory: nothing was revoked')
  expect(text.trimEnd().split('\n').at(-2)).toContain('Found 2 keys in 2 places.')
  expect(application()).toContain(token)
})
