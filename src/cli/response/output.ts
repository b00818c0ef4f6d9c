import { dirname, resolve } from 'node:path'
import type { Context } from '../../context.ts'
import { redactText } from '../../detect/index.ts'
import { UsageError } from '../../errors.ts'
import type { IncidentState } from '../../respond/types.ts'
import type { Arguments } from '../types.ts'
import { incidentJson, incidentText } from './text.ts'

export interface Reports {
  /** Standard output is one JSON document. */
  readonly json: boolean
  /** Files to write, by format. */
  readonly files: readonly { readonly format: 'text' | 'json'; readonly path: string }[]
}

/** `--report FORMAT[=FILE]`, checked before anything is done. */
export function reportFormat(context: Context, args: Arguments): Reports {
  let json = false
  const files: { format: 'text' | 'json'; path: string }[] = []
  for (const text of args.values('report')) {
    const [format = '', ...rest] = text.split('=')
    if (format === 'markdown' || format === 'html')
      throw new UsageError(`--report ${format} is not built yet in this version`, 'text and json are')
    if (format !== 'text' && format !== 'json')
      throw new UsageError(`--report: ${format} is no format`, 'text or json')
    const path = rest.join('=')
    if (path !== '') files.push({ format, path: checkedFile(context, path) })
    else json = format === 'json'
  }
  return { json, files }
}

/** Said before anything is done, not after it. */
function checkedFile({ fs, cwd }: Context, named: string): string {
  const path = resolve(cwd, named)
  if (fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new UsageError(`${named} is a folder`, '--report FORMAT=FILE')
  if (fs.statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`${named}: its folder does not exist`, 'nothing was done')
  return path
}

export function writeResult(context: Context, reports: Reports, state: IncidentState): void {
  const json = `${JSON.stringify(incidentJson(state), null, 2)}\n`
  for (const { format, path } of reports.files) {
    context.fs.writeFileSync(path, redactText(format === 'json' ? json : incidentText(state)), {
      mode: 0o600,
    })
  }
  context.stdout.write(reports.json ? json : incidentText(state))
}
