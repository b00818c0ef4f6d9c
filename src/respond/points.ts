/** The instants between which a response may be killed, in the order they are passed: a test kills at each. */
export const points = [
  'open:recorded',
  'issue:intent-recorded',
  'issue:reply-received',
  'issue:reply-sealed',
  'issue:token-sealed',
  'issue:outcome-recorded',
  'deliver:begun',
  'deliver:sibling-journalled',
  'deliver:sibling-written',
  'deliver:renamed',
  'deliver:written',
  'deliver:reloaded',
  'deliver:recorded',
  'revoke:intent-recorded',
  'revoke:answered',
  'revoke:outcome-recorded',
  'prove:recorded',
] as const

export type Point = (typeof points)[number]

/** Called at each point; does nothing outside tests. */
export type At = (point: Point) => void
