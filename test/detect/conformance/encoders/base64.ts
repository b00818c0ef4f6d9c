import { type Row, row } from './row.ts'
import { around, createWriter, lines, pipe, type Stage } from './trace.ts'

const words = 'before, to fill a line or so with words that say nothing:\n'
const more = 'and a good many words more, of which none says anything, to make it long. '

/** RFC 4648, 4 and 5. Byte k stands in the characters floor(8k/6) to floor((8k+7)/6). */
function coded(alphabet: 'base64' | 'base64url', padded = true): Stage {
  return (input) => {
    const text = input.toString(alphabet)
    const traced = createWriter(0)
    traced.add(padded ? text : text.replaceAll('=', ''))
    return {
      bytes: traced.done().bytes,
      starts: Int32Array.from(input, (_, index) => Math.floor((8 * index) / 6)),
      ends: Int32Array.from(input, (_, index) => Math.floor((8 * index + 7) / 6) + 1),
    }
  }
}

export const standard: Stage = coded('base64')
const unpadded: Stage = coded('base64', false)
const urlSafe: Stage = coded('base64url', false)

const wrappedRows = [64, 76].flatMap((width) =>
  (
    [
      ['LF', '\n'],
      ['CRLF', '\r\n'],
      ['CR', '\r'],
    ] as const
  ).map(([name, newLine]) =>
    row(
      `base64, wrapped at ${width} columns with ${name}`,
      ['base64'],
      'any bytes',
      pipe(around(words, ''), standard, lines(width, { newLine })),
      { block: true },
    ),
  ),
)

const otherWidths = [72, 60, 48].map((width) =>
  row(
    `base64, wrapped at ${width} columns`,
    ['base64'],
    'any bytes',
    pipe(around(words, ''), standard, lines(width)),
    {
      block: true,
    },
  ),
)

const alignments = [0, 1, 2].map((shift) =>
  row(`base64, ${shift} bytes in`, ['base64'], 'any bytes', pipe(around('{'.repeat(shift), ''), standard)),
)

/** A fence inside: otherwise what follows would decode to more of the token's own characters. */
const fenced = pipe(around('', '; '), unpadded)

const glued = [
  row('base64, glued behind a name', ['base64'], 'any bytes', pipe(standard, around('key_', '')), {
    also: [['base64url']],
  }),
  row('base64, glued behind letters', ['base64'], 'any bytes', pipe(standard, around('abc', ''))),
  row('base64, glued before letters', ['base64'], 'any bytes', pipe(fenced, around('', 'ZZZ'))),
  row('base64, glued before a name', ['base64'], 'any bytes', pipe(fenced, around('', '_x')), {
    also: [['base64url']],
  }),
  row('base64, more padding than it needs', ['base64'], 'any bytes', pipe(standard, around('', '=='))),
]

const inside = [
  row(
    'base64, in the middle of a longer run',
    ['base64'],
    'any bytes',
    pipe(around(more.repeat(4), `; ${more.repeat(4)}`), standard),
  ),
  row(
    'base64, in a longer wrapped block',
    ['base64'],
    'any bytes',
    pipe(around(more.repeat(3), `; ${more.repeat(3)}`), standard, lines(76)),
    { block: true },
  ),
  row(
    'base64, Kubernetes Secret',
    ['base64'],
    'any bytes',
    pipe(
      standard,
      around(
        'apiVersion: v1\nkind: Secret\nmetadata:\n  name: search\ntype: Opaque\ndata:\n  API_KEY: ',
        '\n  OTHER: bm90aGluZw==\n',
      ),
    ),
    { block: true },
  ),
  row(
    'base64, Docker config.json',
    ['base64'],
    'any bytes',
    pipe(
      around('user:', ''),
      standard,
      around('{\n\t"auths": {\n\t\t"registry.test": {\n\t\t\t"auth": "', '"\n\t\t}\n\t}\n}\n'),
    ),
    { block: true, refuses: /^0{7}/ },
  ),
  row(
    'base64, inline source map',
    ['base64'],
    'literal',
    pipe(
      around(
        '{"version":3,"file":"a.js","sources":["../src/a.ts"],"sourcesContent":["const key = `',
        '`;\\nexport default key;\\n"],"names":[],"mappings":"AAAA"}',
      ),
      standard,
      around(
        '"use strict";\nexports.default = process.env.KEY;\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,',
        '\n',
      ),
    ),
    { block: true },
  ),
  row(
    'base64, payload of a JWT',
    ['base64url'],
    'literal',
    pipe(
      around('{"sub":"1","key":"', '","iat":1}'),
      urlSafe,
      around('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.', '.c2lnbmF0dXJlIHRoYXQgc2F5cyBub3RoaW5nIG9m'),
    ),
    // The payload seldom holds one of the two characters by which the alphabets differ.
    { also: [['base64']] },
  ),
  row(
    'base64, part of an e-mail',
    ['base64'],
    'any bytes',
    pipe(
      around(words, ''),
      standard,
      lines(76, { newLine: '\r\n' }),
      around(
        [
          'From: a@example.test',
          'Subject: the key',
          'MIME-Version: 1.0',
          'Content-Type: multipart/mixed; boundary="=_part"',
          '',
          '--=_part',
          'Content-Type: text/plain; charset=utf-8',
          'Content-Transfer-Encoding: base64',
          '',
          '',
        ].join('\r\n'),
        '\r\n\r\n--=_part--\r\n',
      ),
    ),
    { block: true, standsAlone: true },
  ),
  row(
    'base64, data URL',
    ['base64'],
    'any bytes',
    pipe(standard, around('<a href="data:text/plain;base64,', '">')),
  ),
  row(
    'base64, YAML block scalar',
    ['base64'],
    'any bytes',
    pipe(around(words, ''), standard, lines(64, { indent: '      ' }), around('a:\n  key: |\n', '\n')),
    { block: true },
  ),
  row(
    'base64, PEM',
    ['base64'],
    'any bytes',
    pipe(
      around(words, ''),
      standard,
      lines(64),
      around('-----BEGIN THING-----\n', '\n-----END THING-----\n'),
    ),
    { block: true },
  ),
  row(
    'base64, PEM indented',
    ['base64'],
    'any bytes',
    pipe(
      around(words, ''),
      standard,
      lines(64, { indent: '    ' }),
      around('  pem: |\n    -----BEGIN THING-----\n', '\n    -----END THING-----\n'),
    ),
    { block: true },
  ),
]

export const base64: readonly Row[] = [
  row('base64, standard', ['base64'], 'any bytes', standard),
  row('base64, without padding', ['base64'], 'any bytes', unpadded),
  row('base64, URL-safe', ['base64url'], 'any bytes', pipe(around('???>>>~~~ ', ' ~~~???>>>'), urlSafe)),
  ...alignments,
  ...wrappedRows,
  ...otherWidths,
  ...glued,
  ...inside,
]
