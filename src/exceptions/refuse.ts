import type { ExceptionUse } from './types.ts'

/** These keys turned out to be alive: what covered them is refused. */
export function refuseFor(
  uses: readonly ExceptionUse[],
  alive: ReadonlySet<string>,
): readonly ExceptionUse[] {
  return uses.map((use) => {
    const isRefused =
      use.status === 'applied' && [...alive].some((fingerprint) => fingerprint.startsWith(use.fingerprint))
    return isRefused ? { ...use, status: 'refused' as const } : use
  })
}
