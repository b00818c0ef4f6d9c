import { readFileSync } from 'node:fs'
import { Module } from 'node:module'
import { dirname } from 'node:path'
import { constants, Script } from 'node:vm'
import { crc32 } from 'node:zlib'

type Load = (module: NodeJS.Module, file: string) => void

/** What one build of Node has compiled is of use to no other. */
const suffix = `${process.version}-${process.platform}-${process.arch}.compiled`

/**
 * Files of the bundle are not compiled again where the build has left what V8 made of them: for a hook that is a third
 * of its work. V8 takes it only by its own version and with its own flags; else it compiles, and all is as before.
 * `.config/precompile.mjs` writes it, with a CRC-32 behind it, which V8 itself does not look for.
 * https://nodejs.org/docs/latest-v20.x/api/vm.html#new-vmscriptcode-options
 */
export function usePrecompiled(): void {
  const { _extensions: loaders } = Module as unknown as { _extensions: { '.js': Load } }
  const plain = loaders['.js']
  loaders['.js'] = (module, file) => {
    const cachedData = compiledFor(file)
    if (cachedData === null) plain(module, file)
    else run(scriptOf(file, cachedData), module, file)
  }
}

function compiledFor(file: string): Buffer | null {
  try {
    const bytes = readFileSync(`${file}.${suffix}`)
    const data = bytes.subarray(0, -4)
    return crc32(data) === bytes.readUInt32BE(data.length) ? data : null
  } catch {
    return null
  }
}

function scriptOf(file: string, cachedData: Buffer): Script {
  const [head = '', tail = ''] = Module.wrap('\0').split('\0')
  // Made in one piece outside of the heap, which one copy more would be enough to have collected. All is ASCII.
  const code = Buffer.concat([Buffer.from(head), readFileSync(file), Buffer.from(tail)])
  return new Script(code.toString('latin1'), {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    cachedData,
  })
}

function run(script: Script, module: NodeJS.Module, file: string): void {
  const load = script.runInThisContext() as (...args: unknown[]) => void
  load.call(module.exports, module.exports, (id: string) => module.require(id), module, file, dirname(file))
}
