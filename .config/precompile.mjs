// Runs `scan staged` of a bundle once, in a repository made for it, and writes what V8 has compiled of the hook's
// file beside it (see src/cli/precompiled.ts).
//   node .config/precompile.mjs DIST
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire, Module } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { constants, Script } from 'node:vm'
import { crc32 } from 'node:zlib'

const suffix = `${process.version}-${process.platform}-${process.arch}.compiled`
const dist = resolve(process.argv[2])
const folder = mkdtempSync(join(tmpdir(), 'pplx-warden-build-'))
process.env = {
  PATH: process.env.PATH,
  HOME: folder,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}
process.chdir(folder)
stageSomething()

const plain = Module._extensions['.js']
Module._extensions['.js'] = (module, file) => {
  if (!basename(file).startsWith('scan-')) return plain(module, file)
  // As the bundle does it, or V8 takes it for something else.
  const script = new Script(Module.wrap(readFileSync(file, 'latin1')), {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  process.on('exit', () => {
    const data = script.createCachedData()
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(data))
    writeFileSync(`${file}.${suffix}`, Buffer.concat([data, sum]))
  })
  const load = script.runInThisContext()
  load.call(module.exports, module.exports, (id) => module.require(id), module, file, dirname(file))
}
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
process.argv.splice(1, Infinity, join(dist, 'pplx-warden.js'), 'scan', 'staged')
createRequire(import.meta.url)(join(dist, 'pplx-warden.js'))

/**
 * What commits are usually made of, so that the functions which they need are compiled: packed trees, some of them
 * deltas, and modified files with words in them that begin like a key. Without git its absence is what gets compiled;
 * all else is the same.
 */
function stageSomething() {
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=B', '-c', 'user.email=b@example.com', ...args], { stdio: 'ignore' })
  const text = readFileSync(join(dist, 'pplx-warden.js'), 'latin1').replaceAll(/^#!.*/g, '// pplx-warden\n')
  const names = Array.from({ length: 40 }, (_, i) => `src/folder${i % 2}/sub/file${i}.ts`)
  const writeAll = (upTo, last) => {
    for (const name of names.slice(0, upTo)) writeFileSync(name, `${text}// ${name} ${last}\n`)
  }
  try {
    git('init', '-q')
    for (const i of [0, 1]) mkdirSync(`src/folder${i}/sub`, { recursive: true })
    for (const round of [1, 2]) {
      writeAll(round * 20, round)
      git('add', '.')
      git('commit', '-q', '-m', 'old')
    }
    git('gc', '-q')
    writeAll(5, 'new')
    writeFileSync('new.txt', 'new\n')
    git('add', '.')
  } catch {
    // The scan says so.
  }
}
