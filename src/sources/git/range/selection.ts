import { SourceError } from '../../errors.ts'

/** Which part of a history is meant, as a person names it; revisions are not looked up yet. */
export interface Selection {
  /** `from` null: an all-zero id, as CI systems give for a new branch: everything that `to` reaches. */
  readonly range: { readonly from: string | null; readonly to: string } | null
  readonly branches: readonly string[]
  readonly notReachableFrom: readonly string[]
  /** Milliseconds since 1970: commits whose committer's date is at or after it. */
  readonly since: number | null
}

const example = 'for example --range origin/main..HEAD'

/** `A..B`, `A...B` (the same commits: what both sides reach is in neither), `A..` up to HEAD. */
export function parseRange(text: string): NonNullable<Selection['range']> {
  const parts = /^(.*?)\.\.\.?(.*)$/s.exec(text)
  if (parts === null) throw refused(`--range ${text}: one revision is no range`, example)
  const [, from = '', to = ''] = parts
  // `$BASE..HEAD` with an unset variable would be empty, and so clean.
  if (from === '')
    throw refused(
      `--range ${text}: it begins nowhere`,
      `an unset variable? ${example}, or --branch NAME for all of one`,
    )
  if (isZero(to)) throw refused(`--range ${text}: an all-zero id is no end`, 'a deleted branch adds nothing')
  return {
    from: isZero(from) ? null : checkRevision(from, '--range'),
    to: to === '' ? 'HEAD' : checkRevision(to, '--range'),
  }
}

/** What git would take for an option, for an exclusion or for two revisions is none. */
export function checkRevision(text: string, flag: string): string {
  if (/^[-^]|\.\.|[\0-\x1f\x7f]|^$/.test(text))
    throw refused(`${flag}: ${text} is no revision`, 'a branch, a tag or an id')
  return text
}

function isZero(text: string): boolean {
  return /^0{40}(0{24})?$/.test(text)
}

function refused(message: string, hint: string): SourceError {
  return new SourceError('bad-revision', message, hint)
}
