import type { Reporter } from './types.ts'

/** One file a format, loaded when it is asked for. */
export const reporters = {
  text: async () => (await import('./text.ts')).text,
  json: async () => (await import('./json.ts')).json,
  jsonl: async () => (await import('./jsonl.ts')).jsonl,
} satisfies Record<string, () => Promise<Reporter>>

export type Format = keyof typeof reporters

/** Formats of the design that are not built yet. */
export const plannedFormats: readonly string[] = ['sarif', 'gitlab', 'junit', 'markdown', 'github', 'html']

export function isFormat(text: string): text is Format {
  return Object.hasOwn(reporters, text)
}
