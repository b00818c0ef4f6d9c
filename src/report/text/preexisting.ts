import type { Report } from '../types.ts'
import { labelled } from '../wrap.ts'
import { plural } from './coverage.ts'
import { placeText } from './place.ts'

/** A report as JSON lists all. */
const shown = 20

/** What the range only touched. */
export function preexistingText(report: Report): string[] {
  const { preexisting = [] } = report.result
  if (preexisting.length === 0) return []
  const more = preexisting.length - shown
  return [
    `${plural(preexisting.length, 'key')} already there before the range, not counted`,
    ...preexisting
      .slice(0, shown)
      .flatMap(({ secret, occurrences, occurrenceCount }) => [
        `  ${secret.masked}${occurrenceCount > 1 ? ` in ${occurrenceCount} places, first` : ''}`,
        ...occurrences
          .slice(0, 1)
          .flatMap((first) => labelled('', placeText(first, occurrences, report), report.columns)),
      ]),
    ...(more > 0 ? [`  and ${more} more; --report json lists all`] : []),
  ]
}
