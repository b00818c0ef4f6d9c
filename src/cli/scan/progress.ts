import type { Output } from '../../context.ts'
import type { Progress } from '../../pipeline/types.ts'

export interface ProgressLine {
  show(progress: Progress): void
  clear(): void
}

const between = 100

/** One line on a terminal, written over itself. */
export function progressLine(stderr: Output, now: () => number): ProgressLine {
  let last = Number.NEGATIVE_INFINITY
  let shown = false
  return {
    show(progress) {
      if (now() - last < between) return
      last = now()
      shown = true
      stderr.write(`\r\u001b[K${lineOf(progress).slice(0, Math.max(10, stderr.columns - 1))}`)
    },
    clear() {
      if (shown) stderr.write('\r\u001b[K')
      shown = false
    },
  }
}

function lineOf({ units, bytes, findings, skipped }: Progress): string {
  const parts = [`${units} read`, `${(bytes / 1e6).toFixed(1)} MB`, `${findings} found`]
  if (skipped > 0) parts.push(`${skipped} not read`)
  return `scanning: ${parts.join(', ')}`
}
