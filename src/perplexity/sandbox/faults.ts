import { UsageError } from '../../errors.ts'
import type { Fingerprint } from '../../secret/index.ts'
import type { Fault, FaultKind } from './types.ts'

type Field = keyof Fault

const endpoints: readonly Fault['endpoint'][] = ['issue', 'revoke', 'probe', 'any']

/** Every kind, with the fields it takes beside the common ones; those with `!` must be there. */
const kinds: Readonly<Record<FaultKind, readonly (Field | `${Field}!`)[]>> = {
  'reset-before': [],
  'reset-after': [],
  hang: ['when'],
  status: ['status!', 'retryAfter', 'when'],
  redirect: ['status'],
  truncate: ['bytes'],
  garbage: [],
  delay: ['ms!'],
  'slow-activation': ['ms!'],
  'slow-revocation': ['ms!'],
  'ineffective-revocation': [],
  'credits-gone': [],
  retired: [],
}

const common: readonly Field[] = ['endpoint', 'kind', 'times', 'path', 'bearer']

const checks: Readonly<Record<Field, { readonly ok: (value: unknown) => boolean; readonly wanted: string }>> =
  {
    endpoint: oneOf(endpoints),
    kind: oneOf(Object.keys(kinds)),
    times: {
      ok: (value) => value === null || isWhole(value, 1, 1_000_000),
      wanted: 'a whole number from 1, or null',
    },
    path: {
      ok: (value) => typeof value === 'string' && value.startsWith('/'),
      wanted: 'a path like /v1/agent',
    },
    bearer: {
      ok: (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value),
      wanted: 'a whole fingerprint',
    },
    when: oneOf(['before', 'after']),
    status: { ok: (value) => isWhole(value, 200, 599), wanted: 'a status from 200 to 599' },
    retryAfter: {
      ok: (value) => isWhole(value, 0, 1e9) || isHeaderText(value),
      wanted: 'seconds or an HTTP date',
    },
    ms: { ok: (value) => isWhole(value, 0, 86_400_000), wanted: 'milliseconds, at most a day' },
    bytes: { ok: (value) => isWhole(value, 0, 65_536), wanted: 'a number of bytes' },
  }

export interface Call {
  readonly endpoint: Fault['endpoint'] | null
  readonly path: string
  readonly bearer: Fingerprint | null
}

export interface FaultList {
  add(faults: readonly Fault[]): void
  clear(): void
  list(): readonly Fault[]
  /** The first that fits this call, counted down. */
  take(call: Call): Fault | null
}

export function faultList(): FaultList {
  let pending: { fault: Fault; left: number }[] = []
  return {
    add: (faults) => {
      pending.push(
        ...faults.map((fault) => ({ fault, left: fault.times === null ? Infinity : (fault.times ?? 1) })),
      )
    },
    clear: () => {
      pending = []
    },
    list: () => pending.map(({ fault, left }) => ({ ...fault, times: left === Infinity ? null : left })),
    take(call) {
      const found = pending.find(({ fault }) => fits(fault, call))
      if (found === undefined) return null
      found.left -= 1
      pending = pending.filter(({ left }) => left > 0)
      return found.fault
    },
  }
}

/** @throws UsageError that names the entry and the word. */
export function parseFaults(value: unknown): readonly Fault[] {
  if (!Array.isArray(value)) throw new UsageError('faults: a JSON list is wanted')
  return value.map((entry, index) => parseFault(entry, `faults[${index}]`))
}

function fits(fault: Fault, { endpoint, path, bearer }: Call): boolean {
  if (endpoint === null || (fault.endpoint !== 'any' && fault.endpoint !== endpoint)) return false
  return (fault.path ?? path) === path && (fault.bearer ?? bearer) === bearer
}

function parseFault(value: unknown, where: string): Fault {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`${where}: an object is wanted`)
  const fault = value as Record<string, unknown>
  for (const field of ['endpoint', 'kind'] as const) check(fault, field, where)
  const allowed = kinds[fault['kind'] as FaultKind]
  for (const field of allowed) if (field.endsWith('!')) check(fault, field.slice(0, -1) as Field, where)
  const known = [...common, ...allowed.map((field) => field.replace('!', ''))]
  for (const field of Object.keys(fault)) {
    if (!known.includes(field)) {
      throw new UsageError(
        `${where}: ${JSON.stringify(field.slice(0, 40))} is no field of ${String(fault['kind'])} (${known.join(', ')})`,
      )
    }
    check(fault, field as Field, where)
  }
  return fault as unknown as Fault
}

function check(fault: Record<string, unknown>, field: Field, where: string): void {
  if (!checks[field].ok(fault[field]))
    throw new UsageError(`${where}.${field}: ${checks[field].wanted} is wanted`)
}

function oneOf(words: readonly string[]) {
  return {
    ok: (value: unknown) => typeof value === 'string' && words.includes(value),
    wanted: `one of ${words.join(', ')}`,
  }
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most
}

function isHeaderText(value: unknown): boolean {
  return typeof value === 'string' && /^[\x20-\x7e]{1,60}$/.test(value)
}
