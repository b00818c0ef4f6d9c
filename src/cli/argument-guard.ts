import { redactText } from '../detect/redact.ts'
import { UsageError } from '../errors.ts'
import type { Arguments, Command } from './types.ts'

/** Commands whose operands are units to scan: a token there is something found, not something handed over. */
export function takesUnits({ name }: Command): boolean {
  return name.startsWith('scan ')
}

/**
 * A token given as an argument of a command that acts on keys stands in the shell's history and the process list by
 * now: refused, never echoed. Anything that begins like a key counts, examples too.
 */
export function refuseTokens(words: readonly string[]): void {
  for (const word of words) {
    const shown = redactText(word)
    if (shown === word && !/pplx-[A-Za-z0-9]{16,}/.test(word)) continue
    throw new UsageError(
      `a token was given as an argument (${shown === word ? 'pplx-…' : shown})`,
      "it is now in your shell's history; run `pplx-warden respond` and paste it at the prompt",
    )
  }
}

/** No flag takes units, of a scan either: what stands there goes into journals, file names and messages. */
export function refuseTokensInFlags(command: Command, args: Arguments): void {
  refuseTokens(command.flags.flatMap((flag) => args.values(flag.name)))
}
