import { statePaths, writableState } from '../../config/paths.ts'
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { incidentById, listIncidents } from '../../store/incidents.ts'
import { openStore, type Store } from '../../store/index.ts'
import type { IncidentRow } from '../../store/schema.ts'
import type { Arguments } from '../types.ts'

/** Opens the state for reading, runs the work and closes it; without a database there are no incidents. */
export async function withIncidents<T>(
  context: Context,
  args: Arguments,
  work: (store: Store | null) => Promise<T>,
): Promise<T> {
  const paths = statePaths(context, { db: args.value('db') })
  const store =
    paths.db === null ? null : await openStore(paths.db, context, { create: false, readonly: true })
  try {
    return await work(store)
  } finally {
    await store?.close()
  }
}

/** The same for a command that writes. */
export async function withWritableIncidents<T>(
  context: Context,
  args: Arguments,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const paths = writableState(statePaths(context, { db: args.value('db') }))
  const store = await openStore(paths.db, context, { create: false })
  if (store === null)
    throw new UsageError(
      `there is no database ${paths.db}`,
      'no incident was ever opened with it; --db names another one',
    )
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** By incident id, exact name or fingerprint prefix: the newest one. */
export async function incidentNamed(store: Store | null, args: Arguments): Promise<IncidentRow> {
  const [word] = args.operands
  if (word === undefined || args.operands.length > 1)
    throw new UsageError('name one incident, key or fingerprint', 'pplx-warden incident list shows them')
  if (store !== null) {
    const row = (await incidentById(store.db, word)) ?? (await listIncidents(store.db, { name: word }))[0]
    if (row !== undefined) return row
    const prefix = /^(?:sha256:)?([0-9a-f]{8,64})$/i.exec(word)?.[1]?.toLowerCase()
    const [found] =
      prefix === undefined ? [] : await listIncidents(store.db, { fingerprintPrefix: `sha256:${prefix}` })
    if (found !== undefined) return found
  }
  throw new UsageError(`no incident ${word}`, 'pplx-warden incident list shows them')
}
