import type { AddressInfo } from 'node:net'
import { UsageError } from '../../errors.ts'
import { type Fingerprint, type Secret, secretOf } from '../../secret/index.ts'
import { codeOf } from '../failures.ts'
import { randomToken } from '../token.ts'
import { routes } from './api.ts'
import { type KeyRecord, ledger } from './books.ts'
import { faultList, parseFaults } from './faults.ts'
import { firstKey } from './first-key.ts'
import { sandboxServer } from './server.ts'
import { loadState, saveState } from './state.ts'
import type { Sandbox, SandboxContext, SandboxOptions } from './types.ts'

export type { Sandbox, SandboxOptions } from './types.ts'

/**
 * A server on 127.0.0.1 that behaves as the key endpoints are documented, and misbehaves on request.
 * @throws UsageError for a port that is taken, a damaged state or a key file that is not its own.
 */
export async function startSandbox(options: SandboxOptions, context: SandboxContext): Promise<Sandbox> {
  const { stateFile } = options
  const known = stateFile === undefined ? null : loadState(context.fs, stateFile)
  const save = (all: readonly KeyRecord[]) =>
    stateFile === undefined ? undefined : saveState(context.fs, stateFile, all)
  const keys = ledger(() => context.clock.now(), known ?? [], save)
  const faults = faultList()
  const closing = new AbortController()
  const sleep = (ms: number) => context.clock.sleep(ms, closing.signal)
  const server = sandboxServer({ keys, faults, routes: routes(context, keys, options), sleep })

  const port = await listen(server, options.port ?? 0)
  let first: Secret | null
  try {
    first = firstKey(context, keys, options.keyFile)
  } catch (error) {
    server.close()
    throw error
  }

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get firstKey() {
      if (first !== null) return first
      throw new UsageError(
        'the sandbox has started from an earlier state and cannot know its first key',
        'give the earlier --key-file as well',
      )
    },
    books: () => keys.books(),
    createKey({ account = 'default', tokenName } = {}) {
      const secret = secretOf(randomToken(context.random))
      const { fingerprint } = secret
      keys.add({ fingerprint, tokenName: tokenName ?? null, account, issuedBy: 'console', activationMs: 0 })
      return secret
    },
    revokeKey: (fingerprint: Fingerprint) => keys.revoke(fingerprint, 'console', 0),
    inject: (list) => faults.add(parseFaults(list)),
    clearFaults: () => faults.clear(),
    close: () =>
      new Promise((resolve) => {
        closing.abort()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: ReturnType<typeof sandboxServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new UsageError(
          `port ${port} of 127.0.0.1 cannot be used (${codeOf(error)})`,
          'give another --port; 0 takes any free one',
          error,
        ),
      )
    })
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
