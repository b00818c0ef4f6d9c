import { parse } from 'yaml'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { formatLocator, LocatorError, parseLocator, resolveLocator } from '../locators/index.ts'

/** What a file is read with: its folder, and where programs are found. */
export interface FilePlace extends Pick<Context, 'env' | 'fs'> {
  readonly directory: string
}

/** A locator in a file of ours, made absolute: paths and programs with a slash are relative to the file. */
export function locatorType(place: FilePlace): z.ZodType<string> {
  return z.string().transform((text, context) => {
    try {
      return formatLocator(resolveLocator(parseLocator(asJson(text)), place.directory, place))
    } catch (error) {
      if (!(error instanceof LocatorError)) throw error
      const message = error.hint === undefined ? error.message : `${error.message} (${error.hint})`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
  })
}

/** `exec:[cmd, arg]`, as one writes it in YAML, has no quotes. */
function asJson(text: string): string {
  const list = /^exec:(\[[^]*\])$/.exec(text.trim())?.[1]
  if (list === undefined) return text.trim()
  try {
    const value: unknown = parse(list)
    return Array.isArray(value) ? `exec:${JSON.stringify(value.map(String))}` : text
  } catch {
    return text
  }
}
