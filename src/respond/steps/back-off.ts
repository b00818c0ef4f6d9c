import type { Run } from '../run.ts'

const shortestMs = 500
const longestMs = 30_000

/**
 * Milliseconds until a call that was not done is made again: Retry-After, else twice as long after each failure in a
 * row; a random half more, because many responders must not knock in step.
 */
export function backOff(
  run: Run,
  attempts: readonly { readonly outcome: string | null }[],
  retryAfter: number | undefined,
): number {
  const failures = attempts.length - 1 - attempts.findLastIndex((one) => one.outcome !== 'not-done')
  const base =
    retryAfter === undefined
      ? Math.min(longestMs, shortestMs * 2 ** Math.max(0, failures - 1))
      : retryAfter * 1000
  const share = (run.services.context.random(1)[0] ?? 0) / 255
  return base + share * Math.min(base, longestMs) * 0.5
}
