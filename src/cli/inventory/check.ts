import type { Command } from '../types.ts'
import { outputs, printable, reportFlag } from './output.ts'
import { dbFlag, noOperands, reading } from './state.ts'

export const inventoryCheck: Command = {
  name: 'inventory check',
  summary: 'is this key one of ours? (asked unseen, or on standard input)',
  operands: '',
  details: 'Ends with 0 when the key is in the inventory, 1 when it is not. Nothing leaves the machine.',
  flags: [{ name: 'token-stdin', help: 'read the key from standard input' }, reportFlag, dbFlag],
  async run(context, args) {
    noOperands(args)
    const show = outputs(context, args)
    const { readSecret, readSecretFromStdin } = await import('../prompt.ts')
    const fromStdin = args.has('token-stdin') || !context.stdin.isTTY
    const secret = fromStdin
      ? await readSecretFromStdin(context)
      : await readSecret(context, 'Key (not shown): ')
    const { findByFingerprint } = await import('../../inventory/index.ts')
    const entry = await reading(context, args, async (store) =>
      store === null ? null : findByFingerprint(store.db, secret.fingerprint),
    )
    const key = entry && {
      id: entry.id,
      name: entry.name,
      status: entry.status,
      environment: entry.environment,
    }
    show({
      text: () =>
        entry === null
          ? `${secret.masked}: not in the inventory\n`
          : `${secret.masked}: ${printable(entry.name)}, ${entry.status}, ${entry.environment}\n`,
      json: () => ({ known: entry !== null, fingerprint: secret.fingerprint, key }),
    })
    return entry === null ? 1 : 0
  },
}
