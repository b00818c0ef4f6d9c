import type { Step } from '../run.ts'

/** Access logs are not read yet: what a person has to do is listed, and the step says that it did not happen. */
export const review: Step = {
  id: 'review',
  kind: 'person',
  async run(run) {
    const { exposedSince, openedAt } = run.recorder.state
    const since = exposedSince ?? openedAt
    await run.recorder.record([
      {
        kind: 'follow-up',
        data: {
          kind: 'review',
          detail: `look through the access logs since ${since}: who used the leaked key, from which addresses${exposedSince === null ? ' (when the exposure began is not known; --exposed-since says it)' : ''}`,
        },
      },
      {
        kind: 'follow-up',
        data: {
          kind: 'console-comparison',
          detail:
            "compare the console's list of keys with `pplx-warden inventory list`: whoever held the leaked key may have issued more",
        },
      },
    ])
    return {
      status: 'skipped',
      evidence: 'reading access logs is not built yet: a follow-up says what to look for',
    }
  },
}
