import { redactText } from '../detect/redact.ts'
import { UsageError } from '../errors.ts'

/** Commands whose operands are units to scan: a token there is something found, not something handed over. */
const takesUnits = ['scan']

/**
 * A token given as an argument of a command that acts on keys stands in the shell's history and the process list by
 * now: refused, never echoed. Anything that begins like a key counts, examples too.
 */
export function refuseTokens(command: string, argv: readonly string[]): void {
  if (takesUnits.some((name) => command === name || command.startsWith(`${name} `))) return
  for (const word of argv) {
    const shown = redactText(word)
    if (shown === word && !/pplx-[A-Za-z0-9]{16,}/.test(word)) continue
    throw new UsageError(
      `a token was given as an argument (${shown === word ? 'pplx-…' : shown})`,
      "it is now in your shell's history; run `pplx-warden respond` and paste it at the prompt",
    )
  }
}
