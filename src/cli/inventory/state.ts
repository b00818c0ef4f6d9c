import { statePaths, writableState } from '../../config/paths.ts'
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { openStore, type Store } from '../../store/index.ts'
import type { Arguments, FlagSpec } from '../types.ts'

export const dbFlag: FlagSpec = {
  name: 'db',
  value: 'PATH',
  help: 'the SQLite file (default: warden.db in the state folder)',
}

/** Opens the database to write, making it where there is none, and closes it again. */
export async function changing<T>(
  context: Context,
  args: Arguments,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const { db } = writableState(statePaths(context, { db: args.value('db') }))
  const store = await openStore(db, context, { create: true })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** Opens the database to read; without one `work` gets null: nothing is known, and nothing is made. */
export async function reading<T>(
  context: Context,
  args: Arguments,
  work: (store: Store | null) => Promise<T>,
): Promise<T> {
  const { db } = statePaths(context, { db: args.value('db') })
  const store = db === null ? null : await openStore(db, context, { create: false, readonly: true })
  try {
    return await work(store)
  } finally {
    await store?.close()
  }
}

export function noOperands(args: Arguments): void {
  if (args.operands.length > 0)
    throw new UsageError(`${args.operands.length} arguments too many: none is taken`)
}

export function oneOperand(args: Arguments, what: string): string {
  const [operand] = args.operands
  if (operand !== undefined && operand !== '' && args.operands.length === 1) return operand
  throw new UsageError(`one ${what} is wanted, ${args.operands.length} given`)
}
