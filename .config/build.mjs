// Bundles the command and the library into dist/, writes the type declarations
// and the JSON Schemas. Everything is built beside the old output and swapped in,
// so that a command that is running never loses a chunk it has yet to load.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { planData } from './plan-plugin.mjs'
import { yamlData } from './yaml-plugin.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
// Put into the bundle: loading them file by file takes longer than the rest of a command. They stay dependencies,
// because the type declarations name them.
const bundled = new Set(['zod', 'yaml', 'kysely', 'age-encryption', 'p-limit'])
const packages = Object.keys(manifest.dependencies).filter((name) => !bundled.has(name))
const out = join(root, `dist.new-${process.pid}`)

// Whatever decides what a scan finds: what was found clean by another build has to be read again.
const sources = createHash('sha256')
for (const folder of ['rules', 'src/detect', 'src/pipeline', 'src/sources']) {
  for (const name of readdirSync(join(root, folder), { recursive: true }).sort()) {
    const file = join(root, folder, name)
    if (statSync(file).isFile()) sources.update(`${name}\0`).update(readFileSync(file))
  }
}

const external = (id) =>
  id.startsWith('node:') || packages.some((name) => id === name || id.startsWith(`${name}/`))

const options = {
  external,
  platform: 'node',
  plugins: [yamlData(), planData(), ascii()],
  transform: {
    define: {
      __VERSION__: JSON.stringify(manifest.version),
      __BUILD__: JSON.stringify(sources.digest('hex').slice(0, 16)),
    },
  },
  logLevel: 'warn',
}

/** All that a scan in a hook's way loads, in one file: each further one costs more than what is in it. */
const hookPath = new Set(
  ['src/cli/run.ts', 'src/cli/scan/staged.ts', 'src/report/text.ts'].map((path) => join(root, path)),
)

// The command as CommonJS: Node starts it several milliseconds sooner than a module.
await write(
  {
    'pplx-warden': join(root, 'src/cli/main.ts'),
    'drill-application': join(root, 'src/drill/application.ts'),
    'drill-reload': join(root, 'src/drill/reload.ts'),
    'drill-deploy': join(root, 'src/drill/deploy.ts'),
  },
  {
    dir: out,
    format: 'cjs',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    comments: false,
    codeSplitting: {
      groups: [{ name: 'scan', test: (id) => hookPath.has(id) || id.includes('rolldown/runtime') }],
    },
  },
)
writeFileSync(join(out, 'package.json'), '{ "type": "commonjs" }\n')
takeIn('rolldown-runtime-', 'scan-')
spawnSync(process.execPath, [join(root, '.config/precompile.mjs'), out], { stdio: 'ignore' })

await write(
  { index: join(root, 'src/index.ts') },
  {
    dir: join(out, 'library'),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  },
)
writeFileSync(join(out, 'library', 'package.json'), '{ "type": "module" }\n')

/** The bundler keeps its own few functions in a file, whatever is said: finding that takes the hook a millisecond. */
function takeIn(part, whole) {
  const chunks = readdirSync(join(out, 'chunks')).filter((name) => name.endsWith('.js'))
  const [inner, outer] = [part, whole].map((begin) => chunks.find((name) => name.startsWith(begin)))
  if (inner === undefined || outer === undefined) return
  const [code, taken] = [outer, inner].map((name) => readFileSync(join(out, 'chunks', name), 'utf8'))
  const loading = `require("./${inner}")`
  const inlined = `(() => { const exports = {}; ${taken}\nreturn exports })()`
  writeFileSync(
    join(out, 'chunks', outer),
    code.replace(loading, () => inlined),
  )
}

/** A text of ASCII alone takes half of the memory, and is read faster. */
function ascii() {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return { name: 'ascii', renderChunk: (code) => code.replace(/[^\0-\x7f]/g, escaped) }
}

async function write(input, output) {
  const bundle = await rolldown({ ...options, input })
  await bundle.write({ minify: false, ...output })
  await bundle.close()
}
chmodSync(join(out, 'pplx-warden.js'), 0o755)

if (!process.argv.includes('--no-types')) {
  const tsc = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      '--project',
      join(root, '.config/tsconfig.types.json'),
      '--outDir',
      join(out, 'library', 'types'),
    ],
    { stdio: 'inherit', cwd: root },
  )
  if (tsc.status !== 0) {
    rmSync(out, { recursive: true, force: true })
    process.exit(1)
  }
}
const schemas = join(root, 'src/report/schemas')
if (existsSync(schemas)) {
  mkdirSync(join(out, 'schemas'), { recursive: true })
  cpSync(schemas, join(out, 'schemas'), { recursive: true })
}
const dist = join(root, 'dist')
const old = join(root, `dist.old-${process.pid}`)
if (existsSync(dist)) renameSync(dist, old)
renameSync(out, dist)
rmSync(old, { recursive: true, force: true })
