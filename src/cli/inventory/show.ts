import type { HistoryEntry } from '../../inventory/index.ts'
import type { ConsumerSpec, KeyEntry, Owner } from '../../inventory/types.ts'
import type { Command } from '../types.ts'
import { day, outputs, printable, reportFlag } from './output.ts'
import { dbFlag, oneOperand, reading } from './state.ts'

export const inventoryShow: Command = {
  name: 'inventory show',
  summary: 'one key: owners, consumers, history',
  operands: '<name|fingerprint|id>',
  details: 'A fingerprint may be given by any prefix of at least 8 hex digits.',
  flags: [reportFlag, dbFlag],
  async run(context, args) {
    const wanted = oneOperand(args, 'name or fingerprint')
    const show = outputs(context, args)
    const { findKey, historyOf, InventoryError } = await import('../../inventory/index.ts')
    const found = await reading(context, args, async (store) => {
      const entry = store === null ? null : await findKey(store.db, wanted)
      return entry === null || store === null ? null : { entry, history: await historyOf(store.db, entry.id) }
    })
    if (found === null) {
      throw new InventoryError(
        'unknown',
        'no such key in the inventory',
        'pplx-warden inventory list shows them',
      )
    }
    show({
      text: () => words(found.entry, found.history),
      json: () => ({ key: found.entry, history: found.history }),
    })
    return 0
  },
}

function words(entry: KeyEntry, history: readonly HistoryEntry[]): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Name', entry.name],
    ['Status', entry.status],
    ['Fingerprint', entry.fingerprint ?? 'not known: this key may exist, nobody has its value'],
    ['Environment', entry.environment],
    ['Account', entry.management ? `${entry.account} (management key)` : entry.account],
    ['Purpose', entry.purpose ?? 'not said'],
    ['Owners', entry.owners.map(ownerOf).join('; ') || 'not said'],
    ['Read again', locatorOf(entry)],
    ['Created', day(entry.createdAt)],
    [
      'Rotate by',
      entry.rotateBy === null
        ? 'not planned'
        : `${day(entry.rotateBy)} (every ${entry.rotateEveryDays} days)`,
    ],
    ['Last in use', entry.lastSeenAt ?? 'never seen in a log'],
    ['Replaces', entry.replaces ?? '–'],
    ['Id', entry.id],
  ]
  const facts = rows.map(([name, value]) => `${`${name}:`.padEnd(13)}${printable(value)}\n`).join('')
  const consumers = consumerLines(entry.consumers)
    .map((line) => `  ${printable(line)}\n`)
    .join('')
  const past = history
    .map(({ at, what, who }) => `  ${at}  ${printable(what)} (${printable(who)})\n`)
    .join('')
  return `${facts}Consumers:\n${consumers}History:\n${past}`
}

function ownerOf({ name, email, slack }: Owner): string {
  const ways = [email, slack].filter((way) => way !== undefined)
  return ways.length === 0 ? name : `${name} (${ways.join(', ')})`
}

function locatorOf({ locator, locatorStale }: KeyEntry): string {
  if (locator === null) return 'nowhere: a response has to be given the key again'
  return locatorStale ? `${locator} (stale: it does not hold this key)` : locator
}

function consumerLines(consumers: readonly ConsumerSpec[] | null): readonly string[] {
  if (consumers === null) return ['nobody said: treated as production, a response stops before it issues']
  if (consumers.length === 0) return ['none']
  return consumers.map((consumer) => {
    if (consumer.kind === 'exec') return `exec ${consumer.deliver.join(' ')}`
    return consumer.kind === 'dotenv'
      ? `dotenv ${consumer.path}:${consumer.variable}`
      : `file ${consumer.path}`
  })
}
