import type { Encoding } from '../../../../src/detect/index.ts'
import { row, type RowOptions } from './row.ts'
import { around, behindPrefix, insertedAt, pipe, type Places, somePlaces, twoPlaces } from './trace.ts'

interface Way {
  readonly open: string
  readonly join: string | ((index: number) => string)
  readonly close: string
  readonly at?: Places
}

const shell: Record<string, Way> = {
  'shell, single quotes side by side': { open: "KEY='", join: "''", close: "'" },
  'shell, double quotes side by side': { open: 'KEY="', join: '""', close: '"' },
  'shell, quotes of both kinds': {
    open: 'KEY="',
    join: (i) => (i % 2 === 0 ? `"'` : `'"`),
    close: '"',
    at: twoPlaces,
  },
  'shell, a quoted part in a bare word': {
    open: 'KEY=',
    join: "'",
    close: '',
    at: twoPlaces,
  },
}

const javascript: Record<string, Way> = {
  'JavaScript, plus': { open: "const key = '", join: "' + '", close: "'" },
  'JavaScript, plus behind the prefix': {
    open: "const key = '",
    join: "' + '",
    close: "'",
    at: behindPrefix,
  },
  'JavaScript, plus without spaces': { open: 'k="', join: '"+"', close: '"' },
  'JavaScript, plus over lines': { open: "const key =\n  '", join: "' +\n  '", close: "'" },
  'JavaScript, plus over lines, CRLF': { open: "const key =\r\n  '", join: "' +\r\n  '", close: "'" },
  'JavaScript, plus between templates': { open: 'const key = `', join: '` + `', close: '`' },
  'JavaScript, a part in a template': {
    open: 'const key = `',
    join: (i) => (i % 2 === 0 ? "${'" : "'}"),
    close: '`',
    at: twoPlaces,
  },
  'JavaScript, a template of parts': { open: "const key = `${'", join: "'}${'", close: "'}`" },
  'JavaScript, array': { open: "const key = ['", join: "', '", close: "'].join('')" },
  'JavaScript, array without spaces': { open: 'k=["', join: '","', close: '"].join("")' },
  'JavaScript, array over lines': { open: "const key = [\n  '", join: "',\n  '", close: "',\n].join('')" },
  'JavaScript, concat': { open: "const key = '", join: "'.concat('", close: "')", at: behindPrefix },
}

const others: Record<string, Way> = {
  'Python, side by side': { open: "key = ('", join: "' '", close: "')" },
  'Python, plus': { open: 'key = "', join: '" + "', close: '"' },
  'Python, in brackets over lines': { open: 'key = (\n    "', join: '"\n    "', close: '"\n)' },
  'Python, with a letter before each quote': { open: 'key = (f"', join: '" f"', close: '")' },
  'Python, join': { open: 'key = "".join(["', join: '", "', close: '"])' },
  Go: { open: 'key := "', join: '" +\n\t"', close: '"' },
  'Go, back quotes': { open: 'key := `', join: '` + `', close: '`' },
  Java: { open: 'String key = "', join: '"\n        + "', close: '";' },
  'C, side by side': { open: 'const char *key = "', join: '" "', close: '";' },
  'C, over lines': { open: 'const char *key =\n    "', join: '"\n    "', close: '";' },
  'C, wide': { open: 'const wchar_t *key = L"', join: '" L"', close: '";' },
  PHP: { open: "$key = '", join: "' . '", close: "';" },
  'PHP, without spaces': { open: "$key='", join: "'.'", close: "';" },
  'Ruby, side by side': { open: "key = '", join: "' '", close: "'" },
  'Ruby, appended': { open: "key = '", join: "' << '", close: "'" },
  SQL: { open: "SELECT '", join: "' || '", close: "';" },
  'Visual Basic': { open: 'key = "', join: '" & "', close: '"' },
  'Visual Basic, over lines': { open: 'key = "', join: '" & _\r\n      "', close: '"' },
  Lua: { open: 'local key = "', join: '" .. "', close: '"' },
  Perl: { open: "my $key = '", join: "' . '", close: "';" },
}

/** A backslash at the line's end between two quoted parts: both names, and either alone, are right. */
const mixed: Record<string, Way> = {
  'Ruby, over lines': { open: "key = '", join: "' \\\n  '", close: "'" },
  'Python, over lines with a backslash': { open: "key = '", join: "' \\\n      '", close: "'" },
  'shell, over lines with a backslash': { open: "KEY='", join: "'\\\n'", close: "'" },
}

const either: RowOptions = {
  also: (
    [['continuation'], ['concatenation', 'continuation'], ['continuation', 'concatenation']] as Encoding[][]
  ).map((names) => names),
}

export const concatenation = [
  ...Object.entries({ ...shell, ...javascript, ...others }).map(([id, way]) => made(id, way, {})),
  ...Object.entries(mixed).map(([id, way]) => made(id, way, either)),
]

function made(id: string, { open, join, close, at = somePlaces }: Way, options: RowOptions) {
  const wrap = pipe(insertedAt(at, join), around(open, close))
  return row(`concatenation, ${id}`, ['concatenation'], 'literal', wrap, { ...options, breaksOnly: true })
}
