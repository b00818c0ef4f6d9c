import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../src')

/** Which area may use which (docs/architecture.md). Root files (`context.ts`, `errors.ts`…) are leaves for everyone. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  secret: [],
  detect: ['secret'],
  store: [],
  config: ['locators'],
  locators: ['secret', 'consumers/dotenv-file.ts'],
  exceptions: ['config', 'sources/types.ts', 'sources/name.ts', 'detect/types.ts', 'inventory/types.ts'],
  inventory: ['store', 'locators', 'config', 'secret', 'detect/types.ts', 'pipeline/types.ts'],
  sources: ['detect/types.ts', 'detect/index.ts'],
  pipeline: ['sources', 'detect', 'inventory', 'exceptions', 'secret'],
  perplexity: ['secret', 'detect'],
  consumers: ['secret', 'locators', 'inventory/types.ts'],
  notify: ['locators'],
  usage: [],
  respond: [
    'inventory',
    'locators',
    'perplexity',
    'consumers',
    'usage',
    'notify',
    'store',
    'secret',
    'detect',
  ],
  report: ['detect', 'pipeline/types.ts', 'sources/types.ts', 'exceptions/types.ts', 'respond', 'secret'],
  cli: ['*'],
  drill: ['*'],
}

/** SEAMS, rule 1: a consumer's deliver, the client's request, escrow, the inventory's fingerprint; the sandbox's and the drill's own keys. */
const openers = new Set([
  'secret/open.ts',
  'consumers/dotenv.ts',
  'consumers/exec.ts',
  'consumers/file.ts',
  'drill/drill.ts',
  'drill/scene.ts',
  'inventory/facts.ts',
  'perplexity/request.ts',
  'perplexity/sandbox/first-key.ts',
  'respond/escrow.ts',
])

/** Where a Secret may be born (SEAMS, rule 1): scanner, client, locators, prompt, escrow; the drill's and sandbox's own keys. */
const births = new Set([
  'index.ts',
  'secret/index.ts',
  'detect/layer.ts',
  'detect/token.ts',
  'perplexity/reply.ts',
  'perplexity/probe.ts',
  'perplexity/sandbox/api.ts',
  'perplexity/sandbox/first-key.ts',
  'perplexity/sandbox/index.ts',
  'perplexity/sandbox/server.ts',
  'locators/read.ts',
  'consumers/dotenv.ts',
  'consumers/file.ts',
  'cli/prompt.ts',
  'cli/rule-examples.ts',
  'respond/escrow.ts',
  'drill/drill.ts',
])

interface Import {
  readonly from: string
  readonly to: string
  readonly names: string
}

function imports(): Import[] {
  const found: Import[] = []
  for (const file of filesBelow(root)) {
    const text = readFileSync(file, 'utf8')
    for (const match of text.matchAll(
      /(?:import|export)\s+(type\s+)?([^'"]*?)\s*from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g,
    )) {
      const target = match[3] ?? match[4] ?? ''
      if (target.includes('/rules/')) continue
      found.push({
        from: relative(root, file),
        to: normalize(join(relative(root, file), '..', target)),
        names: match[2] ?? '',
      })
    }
  }
  return found
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts')) yield path
  }
}

const area = (path: string): string => (path.includes('/') ? (path.split('/')[0] ?? '') : '')

describe('the layers', () => {
  it('every area is listed', () => {
    const areas = new Set([...filesBelow(root)].map((file) => area(relative(root, file))))
    areas.delete('')
    expect([...areas].filter((name) => allowed[name] === undefined)).toEqual([])
  })

  it('arrows go one way', () => {
    const wrong = imports().filter(({ from, to }) => {
      const [source, target] = [area(from), area(to)]
      if (source === target || target === '' || source === '') return false
      const may = allowed[source] ?? []
      return !may.includes('*') && !may.includes(target) && !may.includes(to)
    })
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  it('detection is pure: no file, network, clock or process', () => {
    const impure = [...filesBelow(join(root, 'detect'))].filter((file) =>
      /node:(fs|net|http|https|child_process|os|dns)|Date\.now|new Date\(\)|Math\.random|process\./.test(
        readFileSync(file, 'utf8'),
      ),
    )
    expect(impure.map((file) => relative(root, file))).toEqual([])
  })

  it('a Secret is opened only where a token has to leave the process', () => {
    const callers = imports().filter(({ to }) => to === 'secret/open.ts')
    expect([...new Set(callers.map(({ from }) => from))].filter((from) => !openers.has(from))).toEqual([])
  })

  it('the vault itself is reached through secret/ only', () => {
    const callers = imports().filter(({ from, to }) => to === 'secret/vault.ts' && area(from) !== 'secret')
    expect(callers).toEqual([])
  })

  it('the lists name nothing that is gone', () => {
    const stale = [...openers, ...births].filter((file) => !existsSync(join(root, file)))
    expect(stale).toEqual([])
  })

  it('a Secret is born in few places', () => {
    const born = imports().filter(({ to, names }) => to === 'secret/index.ts' && /\bsecretOf\b/.test(names))
    expect([...new Set(born.map(({ from }) => from))].filter((from) => !births.has(from)).sort()).toEqual([])
  })
})
