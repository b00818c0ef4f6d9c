import type { Finding, FoundKey } from '../../pipeline/types.ts'
import { printable } from '../printable.ts'
import type { Report } from '../types.ts'
import { labelled } from '../wrap.ts'
import { placeText } from './place.ts'

const shownPlaces = 10

export function findingText(finding: Finding, report: Report): string[] {
  const { columns } = report
  return [
    `${finding.severity.toUpperCase()}  ${finding.secret.masked}`,
    ...labelled('Key', whose(finding, report), columns),
    ...placeLines(finding, report),
    ...suppression(finding, report),
    ...explanation(finding, report),
    ...nextSteps(finding, report)
      .flatMap((step, index) => labelled(index === 0 ? 'Next' : '', step, columns))
      .filter((line) => line.trim() !== ''),
  ]
}

export function exampleText(finding: Finding, report: Report): string[] {
  return [`  ${finding.secret.masked}`, ...placeLines(finding, report), ...explanation(finding, report)]
}

const shapes = {
  known: 'in the inventory',
  exact: 'has the shape of a key',
  near: 'looks like a key of an unusual length',
} as const

function whose({ key, confidence }: Finding, { redact }: Report): string {
  if (key === null) return `not in the inventory; ${shapes[confidence]}`
  const owners =
    key.owners.length === 0
      ? 'nobody is named as its owner'
      : `owned by ${key.owners.map(ownerText).join(', ')}`
  return printable(redact(`${key.name} (${key.environment}, ${key.status}), ${owners}`))
}

function ownerText({ name, email, slack }: FoundKey['owners'][number]): string {
  const reached = [email, slack].filter((text) => text !== undefined)
  return reached.length === 0 ? name : `${name} <${reached.join(', ')}>`
}

function placeLines({ occurrences, occurrenceCount }: Finding, report: Report): string[] {
  const shown = occurrences.slice(0, shownPlaces)
  const lines = shown.flatMap((occurrence, index) =>
    labelled(index === 0 ? 'Where' : '', placeText(occurrence, occurrences, report), report.columns),
  )
  const more = occurrenceCount - shown.length
  if (more > 0)
    lines.push(
      ...labelled(
        '',
        `and ${more} more ${more === 1 ? 'place' : 'places'}; --report json lists up to 100`,
        report.columns,
      ),
    )
  return lines.filter((line) => line.trim() !== '')
}

function suppression({ suppressed }: Finding, { redact, columns }: Report): string[] {
  if (suppressed === null) return []
  const until = suppressed.expires === null ? '' : ` until ${suppressed.expires}`
  return labelled('Excepted', printable(redact(`by ${suppressed.by}${until}: ${suppressed.reason}`)), columns)
}

function explanation({ why }: Finding, { explain, redact, columns }: Report): string[] {
  return explain && why !== undefined ? labelled('Why', printable(redact(why)), columns) : []
}

/** What a person can do now, with the exact command. */
function nextSteps({ key, fingerprint, suppressed }: Finding, { commandFlags, responded }: Report): string[] {
  if (suppressed !== null || responded !== null) return []
  if (key === null) {
    return [
      `yours: \`pplx-warden respond --mine${commandFlags}\`, and paste it at the prompt`,
      `somebody else's: \`pplx-warden respond --not-mine${commandFlags}\` revokes it and replaces nothing`,
    ]
  }
  if (key.status === 'revoked') return ['nothing: this key is revoked']
  return [`\`pplx-warden respond ${fingerprint.slice(7, 15)}${commandFlags}\``]
}
