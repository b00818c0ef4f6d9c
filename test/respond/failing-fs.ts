import type { FileSystem } from '../../src/context.ts'

type Call = (...args: unknown[]) => unknown

export interface Failing extends FileSystem {
  /** The call that failed, in words; null while none did. */
  failed(): string | null
  /** From now on counted anew: the n-th call fails. */
  failAt(n: number): void
}

/** The file system with one call that fails with `code`, or with those that `refuse` names. */
export function failing(
  real: FileSystem,
  options: {
    code?: string
    at?: number
    refuse?: (name: string, args: readonly unknown[]) => string | null
    onCall?: (name: string, args: readonly unknown[]) => void
  },
): Failing {
  let count = 0
  let at = options.at ?? 0
  let failed: string | null = null
  const wrapped = wrap(real, (name, args, call) => {
    options.onCall?.(name, args)
    const refused = options.refuse?.(name, args) ?? null
    if (refused !== null) throw errno(refused, name)
    // Closing gives up a descriptor whatever it answers; existsSync answers and never throws.
    if (name !== 'closeSync' && name !== 'existsSync') count += 1
    if (count === at && failed === null && name !== 'closeSync' && name !== 'existsSync') {
      failed = `${name} ${String(args[0])}`
      throw errno(options.code ?? 'EIO', name)
    }
    return call()
  })
  return Object.assign(wrapped, {
    failed: () => failed,
    failAt(n: number) {
      count = 0
      at = n
    },
  })
}

/** A disk that, once full, refuses new files, new folders and longer ones; names and shorter content still fit. */
export function takingSpace(real: FileSystem): FileSystem & { fill(): void; refused(): number } {
  let full = false
  let refused = 0
  const wrapped = wrap(real, (name, args, call) => {
    const refuse = (): never => {
      refused += 1
      throw errno('ENOSPC', name)
    }
    if (full && (name === 'mkdirSync' || name === 'mkdtempSync' || name === 'linkSync')) {
      // Asked for a folder that is there, it makes none.
      if (name !== 'mkdirSync' || !real.existsSync(String(args[0]))) refuse()
    }
    if (full && name === 'openSync' && String(args[1]).startsWith('w')) refuse()
    if (full && name === 'writeSync') {
      const [descriptor, bytes, , length, position] = args as [number, Uint8Array, number, number, number]
      const blocks = real.fstatSync(descriptor).blocks * 512
      if ((position ?? 0) + (length ?? bytes.length) > blocks) refuse()
    }
    return call()
  })
  return Object.assign(wrapped, {
    fill() {
      full = true
    },
    refused: () => refused,
  })
}

function wrap(
  real: FileSystem,
  around: (name: string, args: readonly unknown[], call: () => unknown) => unknown,
): FileSystem {
  const names = Object.keys(real).filter((name) => name.endsWith('Sync')) as (keyof FileSystem)[]
  const entries = names.map((name) => {
    const original = real[name] as unknown as Call
    return [name, (...args: unknown[]) => around(name, args, () => original(...args))] as const
  })
  return Object.fromEntries(entries) as unknown as FileSystem
}

function errno(code: string, call: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: refused by the test, ${call}`), { code })
}
