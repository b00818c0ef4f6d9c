import type { Step } from '../run.ts'
import type { StepName } from '../types.ts'
import { approve } from './approve.ts'
import { close } from './close.ts'
import { confirm } from './confirm.ts'
import { deliver } from './deliver.ts'
import { drain } from './drain.ts'
import { harden } from './harden.ts'
import { issue } from './issue.ts'
import { notify } from './notify.ts'
import { open } from './open.ts'
import { preflight } from './preflight.ts'
import { prove } from './prove.ts'
import { review } from './review.ts'
import { revoke } from './revoke.ts'
import { triage } from './triage.ts'
import { verify } from './verify.ts'

export const steps = {
  open,
  triage,
  preflight,
  approve,
  issue,
  verify,
  deliver,
  notify,
  confirm,
  drain,
  revoke,
  prove,
  review,
  harden,
  close,
} satisfies { [Name in StepName]: (Step & { readonly id: Name }) | Step }
