import { describe, expect, it } from 'vitest'
import { judge } from '../../../src/detect/judgement/index.ts'
import labelled from './labelled.json' with { type: 'json' }
import { alphabets, generator } from './random.ts'

const lettersOnly = alphabets['lower letters']
const drawn: Record<string, string> = {
  ...alphabets,
  HEX: alphabets.hex.toUpperCase(),
  lowerletters: lettersOnly,
  upperletters: lettersOnly.toUpperCase(),
  digits: '0123456789',
  crockford: '0123456789ABCDEFGHJKMNPQRSTVWXYZ',
}

/**
 * Labelled by somebody who has not seen the code, harder than what is found in the wild: placeholders in twenty
 * languages, keys with words in them. Those that their author would not bet on are left out.
 */
const entries = labelled.entries
  .filter(({ group }) => !group.startsWith('debatable'))
  .map((entry) => ({ ...entry, text: expand(entry.body) }))

describe('the labelled set', () => {
  it('no key is taken for an example', () => {
    expect(missed('key')).toEqual([])
  })

  it('of the examples, so many are taken for keys and no more', () => {
    const all = entries.filter(({ label }) => label === 'example').length
    expect(missed('example').length / all).toBeLessThanOrEqual(0.13)
  })

  it('what everybody writes is always an example', () => {
    const common = [
      'repeat',
      'blockrepeat',
      'fillers',
      'keymash',
      'digest',
      'base64-of-text',
      'text-random-tail',
    ]
    expect(missed('example').filter(({ group }) => common.includes(group))).toEqual([])
  })
})

function missed(label: string) {
  return entries
    .filter((entry) => entry.label === label)
    .filter(({ text }) => judge(text, text.length === 48 ? 'exact' : 'near').key !== (label === 'key'))
    .map(({ group, body }) => ({ group, body }))
}

/** `{mixed 20 7}`: twenty random characters of an alphabet, made from the seed 7. */
function expand(body: string): string {
  return body.replace(/\{(\w+) (\d+) (\d+)\}/g, (_, name: string, length: string, seed: string) => {
    const alphabet = drawn[name] ?? ''
    const next = generator(Number(seed))
    return Array.from({ length: Number(length) }, () => alphabet[Math.floor(next() * alphabet.length)]).join(
      '',
    )
  })
}
