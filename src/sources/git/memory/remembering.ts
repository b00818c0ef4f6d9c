import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Repository } from '../repository.ts'
import { readMemory, writeMemory } from './file.ts'
import { covers, createRecorder, type Recorder } from './recorder.ts'
import type { KnownKey, Memory } from './types.ts'

/** Where and under which rules complete scans are remembered. */
export interface MemoryOptions {
  readonly folder: string
  /** Whatever decides what is found: when it is another, nothing that is remembered holds. */
  readonly rules: string
  readonly known: readonly KnownKey[]
}

export interface Remembering {
  /** null: everything is read. */
  readonly memory: Memory | null
  readonly recorder: Recorder
  /** Once the scan was complete; throws what the file system says. */
  keep(): void
}

export function remember({ commonDir }: Repository, { folder, rules, known }: MemoryOptions): Remembering {
  const name = createHash('sha256').update(commonDir).digest('hex').slice(0, 32)
  const file = join(folder, name)
  const found = readMemory(file, rules)
  const memory = found !== null && covers(found, known) ? found : null
  const recorder = createRecorder(memory, known)
  return {
    memory,
    recorder,
    keep() {
      const result = recorder.result()
      if (result !== null) writeMemory(file, rules, result)
    },
  }
}
