import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { parseYaml } from '../../src/config/document.ts'
import { type Imported, importInventory } from '../../src/inventory/index.ts'
import { secretOf } from '../../src/secret/index.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { deps, temporaryFolder } from '../store/support.ts'

export interface Scene {
  readonly folder: string
  readonly store: Store
  /** Imports the text as the inventory file of the folder. */
  load(text: string, env?: Record<string, string>): Promise<readonly Imported[]>
}

/** An empty inventory in a folder of its own. */
export async function scene(): Promise<Scene> {
  const folder = temporaryFolder()
  const store = await openStore(join(folder, 'state/warden.db'), deps, { create: true })
  return {
    folder,
    store,
    load: async (text, env = {}) =>
      importInventory(store, parseYaml(join(folder, 'inventory.yaml'), Buffer.from(text)), {
        env: { PATH: process.env['PATH'], ...env },
        fs,
        spawn,
        signal: new AbortController().signal,
        readStdin: async () => secretOf(env['STDIN'] ?? ''),
      }),
  }
}
