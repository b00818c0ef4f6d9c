import { row } from './row.ts'
import { behindPrefix, everyPlace, inPrefix, insertedAt, onePlace, somePlaces, type Stage } from './trace.ts'

const esc = '\u001b'
/** ECMA-48, 5.4 and 8.3: 8-bit introducers, here as the characters U+009B, U+009D and U+009C in UTF-8. */
const csi = '\u009b'
const osc = '\u009d'
const st = '\u009c'

const link = (open: string, close: string) => (index: number) =>
  index % 2 === 0 ? `${open}8;;https://example.test/${close}` : `${open}8;;${close}`

const ways: readonly (readonly [id: string, wrap: Stage])[] = [
  ['a colour behind every character', insertedAt(everyPlace, `${esc}[31m`)],
  [
    'a colour and its end in turn',
    insertedAt(everyPlace, (i) => (i % 2 === 0 ? `${esc}[1;32m` : `${esc}[0m`)),
  ],
  ['a colour at one place', insertedAt(onePlace, `${esc}[31m`)],
  ['a colour inside of the prefix', insertedAt(inPrefix, `${esc}[31m`)],
  ['a colour behind the prefix', insertedAt(behindPrefix, `${esc}[0m`)],
  ['no parameter', insertedAt(somePlaces, `${esc}[m`)],
  ['a colour of 24 bits', insertedAt(somePlaces, `${esc}[38;2;10;20;30m`)],
  ['a colour of 24 bits, with colons', insertedAt(somePlaces, `${esc}[38:2::10:20:30m`)],
  ['a cursor move', insertedAt(somePlaces, `${esc}[12;40H`)],
  ['a cursor move back', insertedAt(onePlace, `${esc}[1D`)],
  ['the rest of the line erased', insertedAt(somePlaces, `${esc}[K`)],
  ['the cursor hidden and shown', insertedAt(somePlaces, (i) => `${esc}[?25${i % 2 === 0 ? 'l' : 'h'}`)],
  ['a hyperlink, ended by ST', insertedAt(somePlaces, link(`${esc}]`, `${esc}\\`))],
  ['a hyperlink, ended by BEL', insertedAt(somePlaces, link(`${esc}]`, '\u0007'))],
  ['a character set', insertedAt(somePlaces, `${esc}(B`)],
  ['a colour and a character set', insertedAt(somePlaces, `${esc}(B${esc}[m`)],
  ['a colour in 8 bits, behind every character', insertedAt(everyPlace, `${csi}31m`)],
  ['a colour in 8 bits, at one place', insertedAt(onePlace, `${csi}31m`)],
  ['a colour in 8 bits, inside of the prefix', insertedAt(inPrefix, `${csi}31m`)],
  ['a hyperlink in 8 bits', insertedAt(somePlaces, link(osc, st))],
]

export const ansi = ways.map(([id, wrap]) => row(`ansi, ${id}`, ['ansi'], 'text', wrap, { breaksOnly: true }))
