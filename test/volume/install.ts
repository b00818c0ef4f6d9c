import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Name to version. A published version never changes, so the list is the pin. */
export type Packages = Readonly<Record<string, string>>

const run = promisify(execFile)

// Binaries of one platform and nothing of the machine's own choice. Dependencies come along but are not looked at:
// their versions are not ours to pin.
const flags =
  '--ignore-scripts --no-audit --no-fund --no-package-lock --omit=optional --legacy-peer-deps --os=linux --cpu=x64 --libc=glibc'

/** Installs the list once a machine and returns the folder that holds `<name>/` of each. */
export async function installed(packages: Packages): Promise<string> {
  const manifest = JSON.stringify({ private: true, dependencies: packages })
  const id = createHash('sha256').update(`${manifest}\n${flags}`).digest('hex').slice(0, 12)
  const cache = join(tmpdir(), `pplx-warden-volume-${id}`)
  if (!existsSync(cache)) await install(manifest, cache)
  const modules = join(cache, 'node_modules')
  for (const [name, version] of Object.entries(packages)) await isVersion(join(modules, name), version)
  return modules
}

/** Appears under its name only when complete. */
async function install(manifest: string, cache: string): Promise<void> {
  const folder = await mkdtemp(`${cache}-new-`)
  try {
    await writeFile(join(folder, 'package.json'), manifest)
    await run('npm', ['install', ...flags.split(' ')], { cwd: folder, maxBuffer: 1 << 26 })
    await rename(folder, cache)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function isVersion(folder: string, version: string): Promise<void> {
  const found = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version
  if (found !== version) throw new Error(`${folder} is ${found}, not ${version}`)
}
