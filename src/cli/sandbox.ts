import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { startSandbox, type SandboxOptions } from '../perplexity/sandbox/index.ts'
import type { Arguments, Command } from './types.ts'

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'local server that behaves like the Perplexity key endpoints',
  operands: '',
  details: `Listens on 127.0.0.1 only, prints one JSON line with its url, and runs until
interrupted. Point the tool at it with PPLX_WARDEN_API_URL. Its keys work
nowhere else; it stores and shows them as fingerprints.

  GET    /_sandbox/books    keys, calls and counters
  POST   /_sandbox/faults   a list of misbehaviours, for example
                            [{"endpoint":"issue","kind":"reset-after"}]
  DELETE /_sandbox/faults   behave again`,
  flags: [
    { name: 'port', value: 'N', help: 'port to listen on (default 0: any free one)' },
    { name: 'state', value: 'FILE', help: 'remember the keys, as fingerprints, across restarts' },
    { name: 'key-file', value: 'FILE', help: 'write the first key to this new file (0600)' },
    {
      name: 'revoke-unknown',
      value: 'ok|error',
      help: 'answer to revoking an unknown token (default error)',
    },
    { name: 'accounts-trust', help: 'keys of one account may revoke those of another' },
  ],
  async run(context, args) {
    const server = await startSandbox(optionsFrom(args), context)
    context.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
    await aborted(context.signal)
    await server.close()
    return exitCodes[String(context.signal.reason)] ?? 143
  },
}

/** 128 + the signal's number. */
const exitCodes: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

function optionsFrom(args: Arguments): SandboxOptions {
  if (args.operands.length > 0) throw new UsageError('sandbox takes no operands')
  const stateFile = args.value('state')
  const keyFile = args.value('key-file')
  return {
    port: portFrom(args.value('port') ?? '0'),
    revokeUnknown: revokeUnknownFrom(args.value('revoke-unknown') ?? 'error'),
    accountsTrust: args.has('accounts-trust'),
    ...(stateFile === undefined ? {} : { stateFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
  }
}

function portFrom(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text)
  throw new UsageError(`--port ${text}: no port`, 'give a number from 0 to 65535')
}

function revokeUnknownFrom(text: string): 'ok' | 'error' {
  if (text === 'ok' || text === 'error') return text
  throw new UsageError(`--revoke-unknown ${text}: not a choice`, 'give ok or error')
}

function aborted(signal: Context['signal']): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
