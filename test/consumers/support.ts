import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConsumerDependencies, Delivery } from '../../src/consumers/types.ts'
import type { Fingerprint } from '../../src/secret/index.ts'

/** The real world, with an environment that holds some of our secrets. */
export function dependencies(over: Partial<ConsumerDependencies> = {}): ConsumerDependencies {
  const { PATH = '' } = process.env
  return {
    fs,
    spawn,
    env: { PATH, HOME: '/nowhere' },
    random: (bytes) => randomBytes(bytes),
    signal: new AbortController().signal,
    ...over,
  }
}

/** A delivery over `old` that remembers which siblings were announced. */
export function deliveryOver(old: Fingerprint): Delivery & { readonly siblings: string[] } {
  const siblings: string[] = []
  return {
    old,
    siblings,
    journalSibling: (path) => {
      siblings.push(path)
      return Promise.resolve()
    },
    at: () => undefined,
  }
}

export function script(folder: string, name: string, body: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}
