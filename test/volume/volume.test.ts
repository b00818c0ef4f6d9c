import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createDetector } from '../../src/detect/index.ts'
import { randomToken } from '../support.ts'
import { filesBelow } from './files.ts'
import { installed, type Packages } from './install.ts'
import packages from './packages.json' with { type: 'json' }
import { inPieces, type Sweep, sweep, whole } from './sweep.ts'

const proving = process.env['PROVE'] === '1'
const detector = createDetector()

describe('nothing is found in what everybody has', () => {
  it('our own node_modules, as package-lock.json pins them', async () => {
    const root = join(import.meta.dirname, '../../node_modules')
    const swept = await told('node_modules', () => sweep(root, filesBelow(root), detector, { whole }))
    expect(swept.findings).toEqual([])
    expect(swept.files).toBeGreaterThanOrEqual(5000)
  })

  it.runIf(proving)('well-known packages, whole and in pieces', async () => {
    const root = await installed(packages)
    const files = filesOf(root, packages)
    const swept = await told('packages', () => sweep(root, files, detector, { whole, inPieces }))
    expect(swept.findings).toEqual([])
    expect(swept.files).toBeGreaterThanOrEqual(10_000)
    // Names of models, of servers: nothing found is not for want of the prefix.
    expect(swept.naming).toBeGreaterThanOrEqual(5)
  })

  it('and a key among them would be', async () => {
    const root = await mkdtemp(join(tmpdir(), 'pplx-warden-volume-'))
    try {
      await mkdir(join(root, 'a/.b'), { recursive: true })
      await writeFile(join(root, 'a/.b/plain'), `x${' '.repeat(65_520)}${randomToken()}`)
      await writeFile(join(root, 'a/wrapped.js'), Buffer.from(`key=${randomToken()}`).toString('base64'))
      const { files, findings } = await sweep(root, filesBelow(root), detector, { whole, inPieces })
      expect(files).toBe(2)
      expect(findings.map((text) => text.replace(/:.*,/, '')).sort()).toEqual([
        'a/.b/plain read inPieces',
        'a/.b/plain read whole',
        'a/wrapped.js read inPieces',
        'a/wrapped.js read whole',
      ])
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
})

/** Of the listed packages alone. What they depend on is not pinned, whether it stands beside or inside of them. */
async function* filesOf(root: string, packages: Packages): AsyncGenerator<string> {
  for (const name of Object.keys(packages)) yield* filesBelow(join(root, name), ['node_modules'])
}

async function told(what: string, work: () => Promise<Sweep>): Promise<Sweep> {
  const began = performance.now()
  const swept = await work()
  const seconds = (performance.now() - began) / 1000
  if (proving) {
    const { files, bytes, naming } = swept
    console.log(
      `${what}: ${files} files (${naming} with the prefix), ${Math.round(bytes / 1e6)} MB, ${seconds.toFixed(1)} s`,
    )
  }
  return swept
}
