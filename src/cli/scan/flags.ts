import { responseFlags } from '../response/flags.ts'
import type { FlagSpec } from '../types.ts'

/** Of a response to one key: named here, so that a scan can say why it does not take them. */
export const oneKeyFlags: readonly FlagSpec[] = [
  { name: 'mine', help: 'not for scans: an unknown key is only shown' },
  { name: 'not-mine', help: 'not for scans: an unknown key is only shown' },
  { name: 'replacement-stdin', help: 'not for scans: pplx-warden respond takes it for one key' },
]

/** What every scan takes; the response's flags work together with --respond and --open-incidents only. */
export const scanFlags: readonly FlagSpec[] = [
  {
    name: 'report',
    value: 'FORMAT[=FILE]',
    repeatable: true,
    help: 'text (the default), json or jsonl; to FILE or standard output',
  },
  { name: 'output', short: 'o', value: 'FILE', help: 'the same as --report text=FILE' },
  { name: 'min-confidence', value: 'LEVEL', help: 'near (the default) or exact' },
  { name: 'exit-zero', help: 'findings do not fail; an incomplete scan still does' },
  {
    name: 'allow-incomplete',
    value: 'REASON,…',
    optionalValue: true,
    help: 'what could not be read does not fail; with reasons (any part of their text) only those',
  },
  { name: 'show-examples', help: 'also list what was judged an example' },
  { name: 'explain', help: 'say why each text was or was not taken for a key; lists examples, too' },
  { name: 'respond', help: 'respond to every finding that is ours and alive' },
  { name: 'open-incidents', help: 'open an incident for each of them, change nothing else' },
  { name: 'config', short: 'c', value: 'FILE', help: "the operator's file" },
  { name: 'db', value: 'PATH', help: 'the SQLite file with the inventory' },
  { name: 'no-progress', help: 'no progress line on a terminal' },
  { name: 'quiet', short: 'q', help: 'no progress, and no text when nothing was found and all was read' },
  { name: 'jobs', short: 'j', value: 'N', help: 'at most N at once (this version reads with one)' },
  { name: 'no-cache', help: 'scan git: read everything again, remember nothing' },
  { name: 'inventory', value: 'FILE', help: 'not built yet in this version' },
  {
    name: 'baseline',
    value: 'FILE',
    help: 'a JSON report of an earlier scan: what is in it, in the same place, does not count',
  },
  { name: 'gitleaks-compat', help: 'not built yet in this version' },
  { name: 'plan', alias: 'dry-run', help: 'with --respond: show what would happen, change nothing' },
  ...responseFlags,
  ...oneKeyFlags,
]

/** Refused, so that nobody relies on them. */
export const notBuilt: readonly string[] = ['inventory', 'gitleaks-compat', 'follow']

/** These do nothing by themselves. */
export const onlyWithResponse: readonly string[] = ['plan', ...responseFlags.map((flag) => flag.name)]

export const exitCodes = `Exit codes: 0 clean and complete, 1 findings, 2 usage, 3 something was not read.`
