import type { Context } from '../context.ts'
import { nearest } from '../config/nearest.ts'
import { UsageError } from '../errors.ts'
import type { Command } from './types.ts'

type Load = () => Promise<Command>

interface Group {
  readonly title: string
  readonly commands: Readonly<Record<string, Load>>
}

/** Every command there is, each loaded only when it is asked for. */
export const groups: readonly Group[] = [
  {
    title: 'Emergency',
    commands: {
      respond: async () => (await import('./respond.ts')).respond,
      revoke: async () => (await import('./revoke.ts')).revoke,
      validate: async () => (await import('./validate.ts')).validate,
      'incident list': async () => (await import('./incident/list.ts')).incidentList,
      'incident show': async () => (await import('./incident/show.ts')).incidentShow,
      'incident approve': async () => (await import('./incident/approve.ts')).incidentApprove,
      'incident reconcile': async () => (await import('./incident/reconcile.ts')).incidentReconcile,
      'incident close': async () => (await import('./incident/close.ts')).incidentClose,
    },
  },
  {
    title: 'Scan',
    commands: {
      'scan dir': async () => (await import('./scan/dir.ts')).scanDir,
      'scan staged': async () => (await import('./scan/staged.ts')).scanStaged,
      'scan git': async () => (await import('./scan/git.ts')).scanGit,
      'scan log': async () => (await import('./scan/log.ts')).scanLog,
      ignore: async () => (await import('./ignore.ts')).ignore,
      'rules list': async () => (await import('./rules.ts')).rulesList,
      'rules test': async () => (await import('./rules.ts')).rulesTest,
    },
  },
  {
    title: 'Keys',
    commands: {
      'inventory add': async () => (await import('./inventory/add.ts')).inventoryAdd,
      'inventory import': async () => (await import('./inventory/import.ts')).inventoryImport,
      'inventory list': async () => (await import('./inventory/list.ts')).inventoryList,
      'inventory show': async () => (await import('./inventory/show.ts')).inventoryShow,
      'inventory export': async () => (await import('./inventory/export.ts')).inventoryExport,
      'inventory check': async () => (await import('./inventory/check.ts')).inventoryCheck,
      'escrow list': async () => (await import('./escrow.ts')).escrowList,
      'escrow open': async () => (await import('./escrow.ts')).escrowOpen,
    },
  },
  {
    title: 'Team',
    commands: {
      sandbox: async () => (await import('./sandbox.ts')).sandbox,
      drill: async () => (await import('./drill.ts')).drill,
    },
  },
]

/** Named in the design and not built yet: they say so instead of looking like a typing mistake. */
const planned = [
  'incident report',
  'scan ci',
  'scan url',
  'scan github',
  'scan import',
  'redact',
  'hook',
  'inventory edit',
  'inventory discover',
  'inventory due',
  'inventory unused',
  'inventory retire',
  'rotate',
  'doctor',
  'db',
  'audit',
  'report',
  'serve',
  'worker',
  'jobs',
]

const table = new Map(groups.flatMap((group) => Object.entries(group.commands)))

/** The command and the words after its name; a number when help was all that was wanted. */
export async function selectCommand(
  context: Context,
  argv: readonly string[],
): Promise<{ command: Command; rest: readonly string[] } | number> {
  const [first, second] = argv
  if (first === 'help' && second !== undefined)
    return await selectCommand(context, [...argv.slice(1), '--help'])
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const { overview } = await import('./help.ts')
    const text = await overview(groups)
    if (first === undefined) context.stderr.write(text)
    else context.stdout.write(text)
    return first === undefined ? 2 : 0
  }
  for (const [name, words] of [
    [`${first} ${second ?? ''}`, 2],
    [first, 1],
  ] as const) {
    const load = table.get(name)
    if (load !== undefined) return { command: await load(), rest: argv.slice(words) }
  }
  const members = [...table.keys()].filter((name) => name.startsWith(`${first} `))
  if (members.length > 0 && (second === undefined || second === '--help' || second === '-h')) {
    const { groupHelp } = await import('./help.ts')
    const text = await groupHelp(
      first,
      members.map((name) => table.get(name)).filter((load) => load !== undefined),
    )
    if (second === undefined) context.stderr.write(text)
    else context.stdout.write(text)
    return second === undefined ? 2 : 0
  }
  throw unknownCommand(first, second)
}

function unknownCommand(first: string, second: string | undefined): UsageError {
  const given = second === undefined || second.startsWith('-') ? first : `${first} ${second}`
  if (first.startsWith('-'))
    throw new UsageError(`unknown flag ${first}`, 'a command comes first: pplx-warden --help lists them')
  const notBuilt = planned.find(
    (name) => name === given || name === first || (name.startsWith(`${first} `) && given === name),
  )
  if (notBuilt !== undefined) {
    return new UsageError(
      `${notBuilt} is not built yet in this version`,
      'pplx-warden --help lists what works today',
    )
  }
  const members = [...table.keys()].filter((name) => name.startsWith(`${first} `))
  const firstWords = [...new Set([...table.keys()].map((name) => name.split(' ')[0] ?? name))]
  const close = nearest(members.length > 0 ? given : first, members.length > 0 ? members : firstWords)
  return new UsageError(
    `unknown command ${members.length > 0 ? given : first}`,
    close === undefined ? 'pplx-warden --help lists the commands' : `did you mean ${close}?`,
  )
}
