import { row } from './row.ts'
import {
  around,
  behindPrefix,
  inPrefix,
  insertedAt,
  onePlace,
  pipe,
  type Places,
  somePlaces,
  twoPlaces,
} from './trace.ts'

interface Way {
  readonly open?: string
  readonly join: string | ((index: number) => string)
  readonly close?: string
  readonly at?: Places
}

const pair = (tag: string) => (index: number) => (index % 2 === 0 ? `<${tag}>` : `</${tag}>`)

const ways: Record<string, Way> = {
  'runs of Word': {
    open: '<w:p><w:r><w:t>',
    join: '</w:t></w:r><w:r><w:t>',
    close: '</w:t></w:r></w:p>',
  },
  'runs of Word with revision ids': {
    open: '<w:p w:rsidR="00A1"><w:r w:rsidRPr="00B2"><w:t xml:space="preserve">',
    join: '</w:t></w:r><w:r w:rsidR="00C3" w:rsidRPr="00D4"><w:rPr><w:b/></w:rPr><w:t>',
    close: '</w:t></w:r></w:p>',
  },
  'runs of Word with a spelling mark between': {
    open: '<w:p><w:r><w:t>',
    join: '</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>',
    close: '</w:t></w:r></w:p>',
  },
  'runs of Word, pretty-printed': {
    open: '<w:p>\n  <w:r>\n    <w:t>',
    join: '</w:t>\n  </w:r>\n  <w:r>\n    <w:t>',
    close: '</w:t>\n  </w:r>\n</w:p>\n',
  },
  'spans of OpenDocument': {
    open: '<text:p text:style-name="P1"><text:span text:style-name="T1">',
    join: '</text:span><text:span text:style-name="T2">',
    close: '</text:span></text:p>',
  },
  'spans of a highlighter': {
    open: '<pre><span class="s1">',
    join: '</span><span class="o">',
    close: '</span></pre>',
  },
  'spans of a highlighter, the prefix apart': {
    open: '<pre><span class="n">',
    join: '</span><span class="mi">',
    close: '</span></pre>',
    at: behindPrefix,
  },
  wbr: { join: '<wbr>' },
  'wbr, closed': { join: '<wbr/>' },
  'wbr inside of the prefix': { join: '<wbr>', at: inPrefix },
  'a comment': { open: '<p>', join: '<!-- here -->', close: '</p>', at: onePlace },
  'a bold part': { open: '<p>', join: pair('b'), close: '</p>', at: twoPlaces },
  'a marked part with attributes': {
    open: '<p>',
    join: (index) => (index % 2 === 0 ? '<em class="hit" data-n=\'1\'>' : '</em>'),
    close: '</p>',
    at: twoPlaces,
  },
}

export const markup = Object.entries(ways).map(([id, { open = '', join, close = '', at = somePlaces }]) =>
  // A reference that a tag tears in two is none any more.
  row(`markup, ${id}`, ['markup'], 'literal', pipe(insertedAt(at, join), around(open, close)), {
    breaksOnly: true,
    refuses: /&/,
  }),
)
