import micromatch from 'micromatch'
import rules from '../../rules/surfaces.yaml'
import type { Source } from '../sources/types.ts'
import type { Severity, Surface } from './types.ts'

export interface SurfaceRule {
  readonly id: Surface
  readonly severity: Severity
  readonly sources?: readonly Source['kind'][]
  readonly paths?: readonly string[]
  readonly matches?: readonly string[]
  readonly ignores?: readonly string[]
}

export interface Exposure {
  readonly surface: Surface
  readonly severity: Severity
}

/** From rules/surfaces.yaml; loaded at the first hit, never before. */
export const surfaceRules = (rules as { surfaces: readonly SurfaceRule[] }).surfaces

const compiled = surfaceRules.map((rule) => ({
  rule,
  paths: rule.paths?.map((glob) => micromatch.matcher(glob, { dot: true })),
}))

/** What kind of exposure an occurrence is; `path` is null for what has none (refs, messages, standard input). */
export function surfaceOf(source: Source['kind'], path: string | null): Exposure {
  for (const { rule, paths } of compiled) {
    const bySource = rule.sources?.includes(source) ?? true
    const byPath = paths === undefined || (path !== null && paths.some((matches) => matches(path)))
    if (bySource && byPath) return { surface: rule.id, severity: rule.severity }
  }
  return { surface: 'source-code', severity: 'high' }
}
