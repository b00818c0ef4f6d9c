import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import type { KeyEntry, Owner } from '../../inventory/types.ts'
import type { Secret } from '../../secret/index.ts'
import type { Arguments, Command } from '../types.ts'
import { outputs, printable, reportFlag } from './output.ts'
import { changing, dbFlag, noOperands } from './state.ts'

export const inventoryAdd: Command = {
  name: 'inventory add',
  summary: 'one key, asked unseen, from standard input or from where it is kept',
  operands: '',
  details:
    'Only the fingerprint is stored. With --locator the key can be read again when it has to be revoked: env:NAME, file:PATH, dotenv:PATH:NAME or exec:["program","argument"].',
  flags: [
    { name: 'name', value: 'NAME', help: 'what the key is called; unique' },
    { name: 'locator', value: 'LOCATOR', help: 'where the key is kept; it is read from there' },
    { name: 'token-stdin', help: 'read the key from standard input' },
    { name: 'environment', value: 'ENV', help: 'production (the default), staging, development or ci' },
    { name: 'purpose', value: 'TEXT', help: 'what it is used for' },
    {
      name: 'owner',
      value: 'OWNER',
      repeatable: true,
      help: 'who is told: "Search team <search@example.com>"',
    },
    { name: 'account', value: 'NAME', help: 'whose key it is (default: default)' },
    { name: 'rotate-every', value: 'DAYS', help: 'days between rotations' },
    { name: 'management', help: 'this key issues and revokes others' },
    { name: 'no-consumers', help: 'no application uses it; without this nothing is said about who does' },
    reportFlag,
    dbFlag,
  ],
  async run(context, args) {
    noOperands(args)
    const show = outputs(context, args)
    const { addKey, checkDetails, factsOf, refuseKnown } = await import('../../inventory/index.ts')
    const locator = await locatorOf(context, args)
    const details = checkDetails({ ...detailsOf(args), locator })
    const facts = factsOf(await readKey(context, args, locator))
    const entry = await changing(context, args, (store) =>
      store.transaction(async (tx) => {
        await refuseKnown(tx, facts.fingerprint)
        return addKey(
          { db: tx, clock: store.clock, random: (bytes) => store.random(bytes), who: 'add' },
          facts,
          details,
        )
      }),
    )
    show({ text: () => words(entry), json: () => ({ key: entry }) })
    return 0
  },
}

async function locatorOf(context: Context, args: Arguments): Promise<string | null> {
  const given = args.value('locator')
  if (given === undefined) return null
  if (args.has('token-stdin'))
    throw new UsageError('--locator and --token-stdin: the key comes from one place')
  const { formatLocator, parseLocator, resolveLocator } = await import('../../locators/index.ts')
  return formatLocator(resolveLocator(parseLocator(given), context.cwd, context))
}

async function readKey(context: Context, args: Arguments, locator: string | null): Promise<Secret> {
  if (locator !== null) {
    const { readLocator } = await import('../../locators/index.ts')
    return readLocator(locator, context)
  }
  const { readSecret, readSecretFromStdin } = await import('../prompt.ts')
  return args.has('token-stdin') ? readSecretFromStdin(context) : readSecret(context, 'Key (not shown): ')
}

function detailsOf(args: Arguments): Readonly<Record<string, unknown>> {
  const days = args.value('rotate-every')
  return {
    name: args.value('name'),
    account: args.value('account'),
    environment: args.value('environment'),
    purpose: args.value('purpose'),
    owners: args.values('owner').map(ownerOf),
    consumers: args.has('no-consumers') ? [] : null,
    management: args.has('management'),
    rotateEveryDays: days === undefined ? undefined : Number(days),
  }
}

/** `Name <address>`, or a name. */
function ownerOf(text: string): Owner {
  const match = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(text)
  return match?.[1] === undefined || match[2] === undefined
    ? { name: text.trim() }
    : { name: match[1], email: match[2] }
}

function words(entry: KeyEntry): string {
  const again = entry.locator === null ? 'It cannot be read again: a response has to be given the key.\n' : ''
  const users =
    entry.consumers === null
      ? 'Nobody said who uses it: name the consumers in an inventory file, or --no-consumers.\n'
      : ''
  return `added      ${printable(entry.name)} [${entry.fingerprint?.slice(7, 15) ?? ''}]\n${again}${users}`
}
