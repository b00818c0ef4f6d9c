import type { ConsumerSpec } from '../inventory/types.ts'
import { open } from '../secret/open.ts'
import { confirmByProgram, programsProblem, reloadByProgram, runProgram } from './programs.ts'
import type { Consumer, Evidence } from './types.ts'

type ExecSpec = Extract<ConsumerSpec, { kind: 'exec' }>

/** A program of the team's own: the key's bytes on standard input, its fingerprint as the last argument, exit 0 is success. */
export const exec: Consumer<ExecSpec> = {
  kind: 'exec',
  target: (spec) => spec.deliver.join(' '),

  async preflight(spec, _old, deps) {
    return programsProblem(spec, deps) ?? { result: 'ok', level: 'reported', text: 'programs are there' }
  },

  async deliver(spec, secret, _delivery, deps) {
    return await runProgram(
      [...spec.deliver, secret.fingerprint],
      { directory: spec.directory, input: open(secret), what: 'deliver' },
      deps,
    )
  },

  reload: (spec, deps) => reloadByProgram(spec, deps),

  async confirm(spec, fingerprint, _reloaded, deps) {
    if (spec.confirm === undefined)
      return { result: 'ok', level: 'reported', text: 'deliver exited 0; there is no confirm program' }
    return await confirmByProgram(spec, fingerprint, true, deps)
  },

  async rollBack(spec, old, _replaced, _delivery, deps): Promise<Evidence> {
    return await runProgram(
      [...spec.deliver, old.fingerprint],
      { directory: spec.directory, input: open(old), what: 'deliver' },
      deps,
    )
  },
}
