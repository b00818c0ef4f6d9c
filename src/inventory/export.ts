import { stringify } from 'yaml'
import { isLive } from './status.ts'
import type { ConsumerSpec, KeyEntry } from './types.ts'

/** The live keys as an inventory file that `inventory import` takes: fingerprints and locators, no token. */
export function inventoryFile(entries: readonly KeyEntry[]): string {
  const keys = entries.filter((entry) => isLive(entry.status) && entry.status !== 'staged').map(fileEntry)
  return stringify({ version: 1, keys }, { lineWidth: 0 })
}

function fileEntry(entry: KeyEntry): Readonly<Record<string, unknown>> {
  return {
    name: entry.name,
    fingerprint: entry.fingerprint,
    ...(entry.locator === null ? {} : { locator: entry.locator }),
    ...(entry.account === 'default' ? {} : { account: entry.account }),
    environment: entry.environment,
    ...(entry.purpose === null ? {} : { purpose: entry.purpose }),
    ...(entry.owners.length === 0 ? {} : { owners: entry.owners }),
    ...(entry.management ? { management: true } : {}),
    ...(entry.rotateEveryDays === null ? {} : { rotateEveryDays: entry.rotateEveryDays }),
    ...(entry.consumers === null ? {} : { consumers: entry.consumers.map(withoutFolder) }),
  }
}

/** Everything in it is absolute; the folder it runs in becomes that of the new file. */
function withoutFolder(consumer: ConsumerSpec): Readonly<Record<string, unknown>> {
  const { directory: _, ...rest } = consumer
  return rest
}
