import { z } from 'zod'
import { notFoundHint, resolveProgram } from '../locators/index.ts'
import type { FilePlace } from './locator.ts'

/** An argument list whose program is found now and made absolute; run later without a shell. */
export function programType(place: FilePlace): z.ZodType<readonly string[]> {
  return z
    .array(z.string().refine((text) => !text.includes('\0'), 'holds a zero byte'))
    .min(1, 'a program is missing')
    .transform(([program = '', ...rest], context) => {
      const found = program === '' ? null : resolveProgram(program, place.directory, place)
      if (found !== null) return [found, ...rest]
      const message = `program not found: ${program} (${notFoundHint(program, place.directory)})`
      context.addIssue({ code: 'custom', message, path: [0] })
      return z.NEVER
    })
}
