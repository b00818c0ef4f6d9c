import type { FlagSpec } from '../types.ts'

/** Flags of the state, shared by every command that keeps something. */
export const stateFlags: readonly FlagSpec[] = [
  {
    name: 'config',
    short: 'c',
    value: 'FILE',
    help: "the operator's file (default: config.yaml in the configuration folder)",
  },
  { name: 'db', value: 'PATH', help: 'the SQLite file (default: warden.db in the state folder)' },
]

/** Flags that a response takes, also through `scan … --respond`. */
export const responseFlags: readonly FlagSpec[] = [
  {
    name: 'exposure',
    value: 'LEVEL',
    help: 'local, internal, shared or public (default: the worst occurrence)',
  },
  { name: 'exposed-since', value: 'TIME', help: 'when the exposure began, ISO 8601' },
  { name: 'yes', help: 'approve this plan as the person running it' },
  {
    name: 'to',
    value: 'CONSUMER',
    repeatable: true,
    help: 'deliver there too: dotenv:PATH:NAME or file:PATH',
  },
  {
    name: 'waive',
    value: 'CONSUMER=REASON',
    repeatable: true,
    help: 'go on without this consumer being confirmed',
  },
  { name: 'drain', value: 'DURATION', help: 'how long the old key stays valid after all are confirmed' },
  { name: 'prove-for', value: 'DURATION', help: 'how long the dead key is watched' },
  {
    name: 'wait',
    value: 'DURATION',
    help: 'how long to stay (default: until revoked for public and shared, else 10m; 0: one pass)',
  },
  { name: 'revoke-now', help: 'revoke before the applications are confirmed: they may fail until they are' },
  { name: 'no-paid-probe', help: 'do not spend a one-token request on the new key' },
  { name: 'durable-state', help: 'the state folder outlives this job (needed where CI is set)' },
  { name: 'management-key-file', value: 'FILE', help: 'a key that authorises issuing and revoking' },
]
