import { UsageError } from '../errors.ts'

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }

const longestMs = 3650 * 86_400_000

/** `90s`, `5m`, `12h`, `14d`, `500ms`, `0`: milliseconds. */
export function parseDuration(text: string, flag: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)?$/.exec(text.trim())
  const amount = Number(match?.[1])
  const unit = match?.[2]
  if (match === null || (unit === undefined && amount !== 0)) {
    throw new UsageError(`${flag}: ${text} is no duration`, 'for example 90s, 5m, 12h, 14d or 0')
  }
  const ms = Math.round(amount * (unitMs[unit ?? 's'] ?? 1000))
  if (ms > longestMs) throw new UsageError(`${flag}: ${text} is too long`, 'ten years at most')
  return ms
}

/** `1.2 s`, `4 min`, `2 h 5 min`: for people. */
export function showDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.round(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.round(hours / 24)} d`
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}
