import { runProgram } from '../program.ts'
import type { Channel, ChannelSpec } from './types.ts'

/** A program of the team's own: the message as JSON on standard input, exit 0 is sent. */
export const command: Channel<Extract<ChannelSpec, { kind: 'command' }>> = {
  kind: 'command',
  name: (spec) => `command ${spec.command[0] ?? ''}`,
  async send(spec, message, deduplicationKey, deps) {
    const input = `${JSON.stringify({ ...message, deduplicationKey })}\n`
    const outcome = await runProgram(
      spec.command,
      { cwd: spec.directory, input, timeoutMs: 30_000, discardOutput: true },
      deps,
    )
    return outcome.kind === 'exited' && outcome.code === 0
      ? { sent: true }
      : { sent: false, reason: outcome.text }
  },
}
