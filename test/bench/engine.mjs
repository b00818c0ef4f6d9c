// The only place of the detector's bench that knows how the detector's parts are called and where they stand.
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { yamlData } from '../../.config/yaml-plugin.mjs'

const root = join(import.meta.dirname, '../..')
const detect = 'src/detect/index.ts'
const layer = 'src/detect/layer.ts'
const kernel = 'src/detect/kernel/index.ts'

/** What is measured. `anchorPass` counts the anchors in bytes; null where its parts are missing. */
export async function loadEngine() {
  const modules = await load([detect, layer, kernel])
  const createDetector = modules[detect]?.createDetector
  if (createDetector === undefined) throw new Error(missing(detect, 'createDetector'))
  return { createDetector, anchorPass: anchorPassOf(modules), knownKeys }
}

/** Bundled as the command is: Node 20 reads neither TypeScript nor YAML. */
async function load(paths) {
  const there = paths.filter((path) => existsSync(join(root, path)))
  const folder = mkdtempSync(join(tmpdir(), 'pplx-warden-engine-'))
  const file = join(folder, 'engine.mjs')
  try {
    const bundle = await rolldown({
      input: 'entry',
      platform: 'node',
      cwd: root,
      plugins: [
        entry(there.map((path, i) => `export * as m${i} from ${JSON.stringify(`./${path}`)}`)),
        yamlData(),
      ],
      logLevel: 'warn',
    })
    await bundle.write({ file, format: 'esm' })
    await bundle.close()
    const loaded = await import(pathToFileURL(file).href)
    return Object.fromEntries(there.map((path, i) => [path, loaded[`m${i}`]]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A module that is nowhere on disk. Its imports start at the root. */
function entry(lines) {
  const id = join(root, 'entry.mjs')
  return {
    name: 'entry',
    resolveId: (source) => (source === 'entry' ? id : null),
    load: (loaded) => (loaded === id ? lines.join('\n') : null),
  }
}

function anchorPassOf(modules) {
  const search = modules[layer]?.kernel
  const createAnchors = modules[kernel]?.createAnchors
  const absent = [
    search?.find === undefined && missing(layer, 'kernel.find'),
    createAnchors === undefined && missing(kernel, 'createAnchors'),
  ].filter(Boolean)
  if (absent.length > 0) {
    for (const message of absent) console.error(`pplx-warden: hint: anchors are not measured: ${message}`)
    return null
  }
  const anchors = createAnchors()
  return (bytes) => {
    let count = 0
    for (let from = 0; from < bytes.length; ) {
      from = search.find(bytes, from, anchors)
      count += anchors.count
    }
    return count
  }
}

function missing(path, name) {
  return `${path} exports no ${name}; say in test/bench/engine.mjs what it is called now`
}

/** An inventory of these tokens, in the shape of KnownKeys. */
function knownKeys(tokens) {
  const prints = new Set(tokens.map((token) => `sha256:${createHash('sha256').update(token).digest('hex')}`))
  return {
    size: prints.size,
    has: (fingerprint) => prints.has(fingerprint),
    shapes: [{ bodyLength: 48, alphanumeric: true }],
  }
}
