export { createDetector } from './detector.ts'
export { holdsToken, redactText } from './redact.ts'
export { ruleId } from './rule.ts'
export type * from './types.ts'
