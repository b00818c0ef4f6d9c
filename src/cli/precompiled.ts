import { readFileSync } from 'node:fs'
import { Module } from 'node:module'
import { dirname } from 'node:path'
import { constants, Script } from 'node:vm'

type Load = (module: NodeJS.Module, file: string) => void

/**
 * Files of the bundle with a `.compiled` file beside them are not compiled again: for a hook that is half of its work.
 * V8 takes what was compiled only by its own version and with its own flags; else it compiles, and all is as before.
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
    return readFileSync(`${file}.compiled`)
  } catch {
    return null
  }
}

/** The bundle is all ASCII. `.config/precompile.mjs` makes the same script. */
function scriptOf(file: string, cachedData: Buffer): Script {
  return new Script(Module.wrap(readFileSync(file, 'latin1')), {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    cachedData,
  })
}

function run(script: Script, module: NodeJS.Module, file: string): void {
  const load = script.runInThisContext() as (...args: unknown[]) => void
  load.call(module.exports, module.exports, (id: string) => module.require(id), module, file, dirname(file))
}
