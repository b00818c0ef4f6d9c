import { runDrill, type DrillResult } from '../drill/drill.ts'
import { showDuration } from './durations.ts'
import { noOperands } from './inventory/state.ts'
import type { Command } from './types.ts'

export const drill: Command = {
  name: 'drill',
  summary: 'rehearse the whole thing on a throwaway repository against the sandbox',
  operands: '',
  details: 'Nothing of yours is read or changed, and no request leaves this machine.',
  flags: [{ name: 'keep', help: 'leave the folder with the repository, the state and the applications' }],
  async run(context, args) {
    noOperands(args)
    const result = await runDrill(context, {
      keep: args.has('keep'),
      say: (line) => context.stdout.write(`${line}\n`),
    })
    context.stdout.write(resultText(result, context.stdout.columns))
    return result.promises.every((one) => one.broken === null) ? 0 : 1
  },
}

function resultText(result: DrillResult, columns: number): string {
  const broken = result.promises.filter((one) => one.broken !== null)
  return [
    '',
    'Timeline',
    ...timeline(result).map((line) => cut(line, columns)),
    '',
    'Promises',
    ...result.promises.map(
      (one) =>
        `  ${one.broken === null ? 'kept  ' : 'BROKEN'}  ${one.promise}${one.broken === null ? '' : `: ${one.broken}`}`,
    ),
    '',
    `The application made ${result.requests} requests. The report: ${result.report}`,
    ...(result.folder === null ? [] : [`The folder was kept: ${result.folder}`]),
    '',
    ...(broken.length === 0
      ? [
          `Drill passed in ${showDuration(result.durationMs)}. For a real key:`,
          '  pplx-warden inventory import keys.yaml   say which keys you own and who uses them',
          '  pplx-warden scan git --respond           find a leaked one and respond',
          '  pplx-warden respond                      a key has leaked: paste it, unseen',
        ]
      : [
          `Drill FAILED: ${broken.length} of ${result.promises.length} promises did not hold. Do not rely on this installation.`,
        ]),
    '',
  ].join('\n')
}

function timeline({ incident }: DrillResult): string[] {
  if (incident === undefined) return ['  there was no incident']
  const opened = Date.parse(incident.openedAt)
  return incident.steps
    .filter((one) => one.finishedAt !== null && one.status === 'done')
    .map((one) => {
      const at = Date.parse(one.finishedAt ?? '')
      const took = at - Date.parse(one.startedAt ?? one.finishedAt ?? '')
      return `  ${`+${showDuration(at - opened)}`.padStart(8)}  ${one.name.padEnd(10)} ${showDuration(took).padStart(7)}  ${one.evidence ?? ''}`
    })
}

/** The report has all of it. */
function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(columns, 40) - 1)}…`
}
