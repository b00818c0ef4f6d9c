export { createClient } from './client.ts'
export { hintOf, PerplexityError, type TroubleCode, troubles } from './errors.ts'
export { salvage } from './reply.ts'
export type {
  ApiSettings,
  Cause,
  IssueResult,
  Liveness,
  PerplexityClient,
  ProbeResult,
  ProbeSpec,
  RevokeResult,
  Signal,
} from './types.ts'
