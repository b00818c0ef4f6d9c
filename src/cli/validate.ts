import { readOperatorConfig } from '../config/operator.ts'
import { statePaths } from '../config/paths.ts'
import { UsageError } from '../errors.ts'
import { findByFingerprint, listKeys, openKeyRing } from '../inventory/index.ts'
import type { Liveness, PerplexityClient } from '../perplexity/types.ts'
import type { Secret } from '../secret/index.ts'
import { openStore } from '../store/index.ts'
import type { Context } from '../context.ts'
import { readSecret, readSecretFromStdin } from './prompt.ts'
import { stateFlags } from './response/flags.ts'
import { clientOf, managementKey } from './response/services.ts'
import type { Arguments, Command } from './types.ts'

export const validate: Command = {
  name: 'validate',
  summary: 'is this key alive? (asked unseen, or on standard input)',
  operands: '',
  details:
    'Sends the key to the API with a request that costs nothing. Dead is only said beside another key that is accepted.',
  flags: [
    ...stateFlags,
    { name: 'token-stdin', help: 'read the key from standard input' },
    { name: 'management-key-file', value: 'FILE', help: 'a key to hold a refusal against' },
    { name: 'report', value: 'FORMAT', help: 'text or json' },
  ],
  async run(context, args) {
    const json = args.value('report') === 'json'
    if (!json && ![undefined, 'text'].includes(args.value('report')))
      throw new UsageError(`--report: ${args.value('report') ?? ''} is no format here`, 'text or json')
    if (args.operands.length > 0)
      throw new UsageError('validate takes no argument', 'the key is asked for, or read with --token-stdin')
    const secret =
      args.has('token-stdin') || !context.stdin.isTTY
        ? await readSecretFromStdin(context)
        : await readSecret(context, 'Paste the key (it is not shown): ')
    const { name, liveness } = await judge(context, args, secret)
    const validity = { alive: 'live', dead: 'dead', unknown: 'unknown' }[liveness.validity]
    if (json) {
      context.stdout.write(
        `${JSON.stringify({ schemaVersion: 1, fingerprint: secret.fingerprint, masked: secret.masked, name, validity, detail: liveness.detail, hint: liveness.hint ?? null }, null, 2)}\n`,
      )
    } else {
      context.stdout.write(
        `${secret.masked}${name === null ? '' : ` (${name})`} is ${liveness.validity}: ${liveness.detail}\n`,
      )
      if (liveness.hint !== undefined) context.stdout.write(`${liveness.hint}\n`)
    }
    return liveness.validity === 'unknown' ? 3 : 0
  },
}

async function judge(
  context: Context,
  args: Arguments,
  secret: Secret,
): Promise<{ name: string | null; liveness: Liveness }> {
  const paths = statePaths(context, { db: args.value('db') })
  const config = readOperatorConfig(context, paths, { config: args.value('config') })
  const client = clientOf(context, config)
  const store =
    paths.db === null ? null : await openStore(paths.db, context, { create: false, readonly: true })
  try {
    const entry = store === null ? null : await findByFingerprint(store.db, secret.fingerprint)
    const alone = await client.liveness(secret, null, context.signal)
    if (alone.validity === 'alive') return { name: entry?.name ?? null, liveness: alone }
    for await (const control of controls()) {
      const liveness = await judgeWith(client, control)
      if (liveness !== null) return { name: entry?.name ?? null, liveness }
    }
    return { name: entry?.name ?? null, liveness: alone }

    async function* controls(): AsyncGenerator<Secret> {
      const account = entry?.account ?? 'default'
      const management = await (await managementKey(context, args, config))()
      if (management !== null) {
        const known = store === null ? null : await findByFingerprint(store.db, management.fingerprint)
        if ((known?.account ?? 'default') === account) yield management
      }
      if (store === null) return
      const ring = openKeyRing(store, context)
      for (const key of await listKeys(store.db)) {
        if (key.status !== 'active' || key.fingerprint === secret.fingerprint || key.account !== account)
          continue
        const found = await ring.read(key)
        if (found !== null) yield found
      }
    }
  } finally {
    await store?.close()
  }

  async function judgeWith(api: PerplexityClient, control: Secret): Promise<Liveness | null> {
    if (control.fingerprint === secret.fingerprint) return null
    const liveness = await api.liveness(secret, control, context.signal)
    return liveness.validity === 'unknown' ? null : liveness
  }
}
