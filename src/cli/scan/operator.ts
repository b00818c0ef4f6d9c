import { statePaths } from '../../config/paths.ts'
import type { Context } from '../../context.ts'
import type { Arguments } from '../types.ts'

/** The operator's excludes; a damaged file is an error. Without a file nothing is loaded. */
export async function operatorExcludes(context: Context, args: Arguments): Promise<readonly string[]> {
  const paths = statePaths(context, { db: args.value('db') })
  const named = isNamed(context, args)
  if (!named && (paths.configFile === null || !context.fs.existsSync(paths.configFile))) return []
  const [{ readOperatorConfig }, { policyOverrides }] = await Promise.all([
    import('../../config/operator.ts'),
    import('../../respond/policy.ts'),
  ])
  return readOperatorConfig(context, paths, { config: args.value('config'), policy: policyOverrides }).scan
    .exclude
}

/** By a flag or the environment: then it has to be there and right, also where nothing in it is used. */
export function isNamed(context: Context, args: Arguments): boolean {
  return args.has('config') || (context.env['PPLX_WARDEN_CONFIG'] ?? '') !== ''
}
