import { resolve } from 'node:path'
import type { Context } from '../../context.ts'
import type { Baseline, ExceptionFile, Exceptions } from '../../exceptions/types.ts'
import type { Source } from '../../sources/types.ts'
import { note } from './note.ts'
import type { ScanSettings } from './settings.ts'

/** The baseline that was named; what is wrong with it is found before anything is scanned. */
export async function baselineOf({ fs, cwd }: Context, { baseline }: ScanSettings): Promise<Baseline | null> {
  if (baseline === null) return null
  const { readBaseline } = await import('../../exceptions/baseline.ts')
  return readBaseline(resolve(cwd, baseline), baseline, fs)
}

/** Places of one kind of scan are no places of another. */
export function tellOtherKind(context: Context, baseline: Baseline | null, source: Source): void {
  if (baseline === null || baseline.source === source.kind) return
  note(
    context,
    `the baseline is of scan ${baseline.source}, this is scan ${source.kind}: the same place may have another name`,
  )
}

/** All that one scan obeys; null: nothing. A near token that is not wanted leaves its exception without a use. */
export async function exceptionsOf(
  project: readonly ExceptionFile[] | Promise<readonly ExceptionFile[]>,
  baseline: Baseline | null,
  { minConfidence }: ScanSettings,
): Promise<Exceptions | null> {
  const files = (await project).filter((file) => file.exceptions.length > 0)
  if (files.length === 0 && baseline === null) return null
  return {
    files: minConfidence === 'near' ? files : files.map((file) => ({ ...file, whole: false })),
    baseline,
  }
}
