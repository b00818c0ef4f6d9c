import { type Plan, planOf } from './kernel/plan.ts'
import { needles } from './needles.ts'

/** The build puts the value here, so that no command has to make it (`.config/plan-plugin.mjs`). */
export const plan: Plan = planOf(needles().map(({ bytes }) => bytes))
