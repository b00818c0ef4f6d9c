import { consumerFor } from '../consumers/registry.ts'
import type { Playbook } from './playbook.ts'
import { statusOf } from './status.ts'
import type { IncidentState } from './types.ts'

/** `respond --report json` (DESIGN, Response result). */
export interface ResponseResult {
  readonly schemaVersion: 1
  readonly incident: {
    readonly id: string
    readonly status: string
    readonly fingerprint: string
    readonly name: string
    readonly exposure: string
    readonly openedAt: string
    readonly steps: readonly {
      readonly name: string
      readonly status: string
      readonly evidence: string | null
      readonly startedAt: string | null
      readonly finishedAt: string | null
    }[]
    readonly obligations: readonly {
      readonly kind: string
      readonly detail: string
      readonly subject: string
    }[]
    readonly followUps: readonly { readonly kind: string; readonly detail: string }[]
    readonly replacement: { readonly fingerprint: string; readonly name: string } | null
    readonly consumers: readonly {
      readonly kind: string
      readonly target: string
      readonly status: string
      readonly evidence: string
    }[]
    readonly deadline: string | null
  }
}

export function resultOf(state: IncidentState, playbook: Playbook): ResponseResult {
  return {
    schemaVersion: 1,
    incident: {
      id: state.id,
      status: statusOf(state),
      fingerprint: state.fingerprint,
      name: state.keyName,
      exposure: state.exposure,
      openedAt: state.openedAt,
      steps: playbook.steps.map(({ step }) => {
        const record = state.steps.get(step)
        return {
          name: step,
          status: record?.status ?? 'pending',
          evidence: record === undefined || record.evidence === '' ? null : record.evidence,
          startedAt: record?.startedAt ?? null,
          finishedAt: record?.finishedAt ?? null,
        }
      }),
      obligations: state.obligations.map(({ kind, detail, subject }) => ({ kind, detail, subject })),
      followUps: state.followUps.map(({ kind, detail }) => ({ kind, detail })),
      replacement:
        state.replacement === null
          ? null
          : { fingerprint: state.replacement.fingerprint, name: state.replacement.name },
      consumers: state.consumers.map((one) => ({
        kind: consumerFor(one.spec).kind,
        target: one.target,
        status: one.status,
        evidence: one.level === 'none' ? one.evidence : `${one.level}: ${one.evidence}`,
      })),
      deadline: state.deadline,
    },
  }
}
