import type { Step } from '../run.ts'

/** Concrete next measures for a person; generating them for the incident is not built yet. */
export const harden: Step = {
  id: 'harden',
  kind: 'person',
  async run(run) {
    const inHistory = run.recorder.state.occurrences.some(
      (one) => one.surface === 'git-history' || one.surface === 'source-code',
    )
    const measures = [
      'restrict the account to the addresses your applications call from (IP allow-list in the console)',
      ...(inHistory
        ? [
            'clean the history (git filter-repo) and have everybody clone again; the revoked key in it is harmless by then',
          ]
        : []),
    ]
    await run.recorder.record(
      measures.map((detail) => ({ kind: 'follow-up', data: { kind: 'harden', detail } })),
    )
    return { status: 'skipped', evidence: 'measures are listed as follow-ups for a person' }
  },
}
