import type { Context } from '../context.ts'
import { UsageError, WardenError } from '../errors.ts'
import { type Secret, secretOf } from '../secret/index.ts'

const longest = 64 * 1024

/** Asks at the terminal without echo. The question goes to standard error. */
export async function readSecret(context: Context, question: string): Promise<Secret> {
  const { stdin } = context
  if (!stdin.isTTY) {
    throw new UsageError('no terminal to ask for the key at', 'give it on standard input with --token-stdin')
  }
  context.stderr.write(question)
  stdin.setRawMode(true)
  try {
    return tokenFrom(await untilEnter(context))
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    context.stderr.write('\n')
  }
}

/** Reads one key from standard input: `respond --token-stdin < file`. */
export async function readSecretFromStdin(context: Context): Promise<Secret> {
  const tooLong = new UsageError('standard input is too long for a key', 'give the key alone')
  return tokenFrom((await readStdin(context, longest, tooLong)).toString('utf8'))
}

/** All of standard input; `tooLong` is thrown where it is more than `most` bytes. */
export async function readStdin(
  { stdin }: Pick<Context, 'stdin'>,
  most: number,
  tooLong: Error,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stdin) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    chunks.push(bytes)
    length += bytes.length
    if (length > most) throw tooLong
  }
  return Buffer.concat(chunks)
}

/** A yes-or-no question at the terminal; false when there is none. */
export async function askYesNo(context: Context, question: string): Promise<boolean> {
  const { stdin } = context
  if (!stdin.isTTY) return false
  context.stderr.write(`${question} [y/N] `)
  stdin.setRawMode(true)
  try {
    const answer = await untilEnter(context, (character) => context.stderr.write(character))
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    context.stderr.write('\n')
  }
}

function untilEnter(context: Context, echo?: (character: string) => void): Promise<string> {
  const { stdin, signal } = context
  return new Promise((resolve, reject) => {
    let text = ''
    const finish = (end: () => void): void => {
      stdin.off('data', onData)
      signal.removeEventListener('abort', onAbort)
      end()
    }
    const interrupted = (): void =>
      finish(() => reject(new WardenError('interrupted, nothing was done', { exitCode: 3 })))
    const onAbort = (): void => interrupted()
    const onData = (data: Buffer): void => {
      // Bracketed paste puts ESC[200~ and ESC[201~ around what was pasted.
      for (const character of data.toString('utf8').replaceAll(/\u001b\[20[01]~/g, '')) {
        if (character === '\r' || character === '\n') {
          finish(() => resolve(text))
          return
        }
        if (character === '\u0003') {
          process.kill(process.pid, 'SIGINT')
          return
        }
        if (character === '\u0004') {
          finish(() => resolve(text))
          return
        }
        if (character === '\u007f' || character === '\b') text = text.slice(0, -1)
        else {
          text += character
          echo?.(character)
        }
      }
    }
    signal.addEventListener('abort', onAbort, { once: true })
    stdin.on('data', onData)
    stdin.resume()
  })
}

function tokenFrom(text: string): Secret {
  const token = text.trim()
  if (token === '')
    throw new UsageError('no key was given', 'nothing was done; run it again and paste the key')
  if (!/^pplx-[!-~]{8,512}$/.test(token)) {
    throw new UsageError(
      'what was given is no Perplexity API key',
      'a key is one word that begins with pplx-',
    )
  }
  return secretOf(token)
}
