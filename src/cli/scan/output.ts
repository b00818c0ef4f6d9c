import type { Context } from '../../context.ts'
import { WardenError } from '../../errors.ts'
import { reporters } from '../../report/registry.ts'
import type { Report } from '../../report/types.ts'
import type { ReportTarget } from './settings.ts'

/** Writes every report, each piece as soon as it is there. */
export async function writeReports(
  context: Context,
  targets: readonly ReportTarget[],
  report: Omit<Report, 'columns'>,
): Promise<void> {
  for (const { format, file } of targets) {
    const reporter = await reporters[format]()
    const columns = file === null ? context.stdout.columns : 80
    const pieces = reporter({ ...report, columns: Math.min(200, Math.max(40, columns)) })
    if (file === null) for await (const piece of pieces) context.stdout.write(piece)
    else await writeFile(context, file, pieces)
  }
}

async function writeFile({ fs }: Context, file: string, pieces: AsyncIterable<string>): Promise<void> {
  try {
    const handle = fs.openSync(file, 'w')
    try {
      for await (const piece of pieces) fs.writeFileSync(handle, piece)
    } finally {
      fs.closeSync(handle)
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error instanceof WardenError) throw error
    throw new WardenError(`${file}: the report cannot be written (${String(error.code)})`, {
      exitCode: 3,
      cause: error,
    })
  }
}
