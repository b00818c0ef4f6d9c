import { judge } from '../../../src/detect/judgement/index.ts'
import { limits, type Limits } from '../../../src/detect/judgement/limits.ts'
import { generator, randomBody } from './random.ts'
import written from './written.json' with { type: 'json' }

export interface Sample {
  readonly name: string
  readonly body: string
  readonly key: boolean
}

const upTo = (text: string, length = 48) => text.repeat(Math.ceil(length / text.length)).slice(0, length)
const letters = 'abcdefghijklmnopqrstuvwxyz'
const interleaved = Array.from({ length: 24 }, (_, i) => `${letters[i]}${(i + 1) % 10}`).join('')

const orderly: readonly (readonly [string, string])[] = [
  ['crosses', upTo('x')],
  ['zeros', upTo('0')],
  ['two characters', upTo('ab')],
  ['the sample again and again', upTo('1234567890abcdef')],
  ['digits', upTo('1234567890')],
  ['hex digits going up', upTo('0123456789abcdef')],
  ['hex digits going down', upTo('fedcba9876543210')],
  ['the alphabet', upTo(letters)],
  ['the alphabet in both cases', upTo(letters + letters.toUpperCase())],
  ['the alphabet and digits', upTo(`${letters}0123456789`)],
  ['the alphabet backwards', upTo(letters.split('').reverse().join(''))],
  ['letters and digits in step', interleaved],
  ['letters and digits in step, upper case', interleaved.toUpperCase()],
  ['letters in pairs', upTo('aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuvvwwxx')],
  ['three lanes', upTo('a1Ab2Bc3Cd4De5Ef6Fg7Gh8Hi9I')],
  ['eight lanes', upTo('ax0mKq3Wby1nLr4Xcz2oMs5Yda3pNt6Zeb4qOu7Afc5rPv8B')],
  ['a sequence whose case is as it falls', upTo('aBCDefGhIjkLMnopQRsTuVwXYzAbcdEFghIJklmNOpqRSTuv')],
  ['keyboard', upTo('qwertyuiopasdfghjklzxcvbnm')],
  ['keyboard, in columns', upTo('1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p')],
  ['keyboard, woven with digits', 'q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6j7k8l9'],
  ['keys of the home row in no order', upTo('sdkfjhaskjdfhlgksjdhfgalskdjfghsdkjfhalskdfjghs')],
  ['keyboard, German', upTo('qwertzuiopasdfghjklyxcvbnm')],
  ['keyboard, French', upTo('azertyuiopqsdfghjklmwxcvbn')],
  ['keyboard, columns upwards', 'zaq1xsw2cde3vfr4bgt5nhy6mju7ki8lo9p0zaq1'],
  ['keyboard, columns without digits', upTo('qazwsxedcrfvtgbyhnujmikolp')],
  ['dead beef within', `${randomBody('hex', 16, generator(3))}deadbeefcafebabe`],
  ['short runs', 'qwertyu1234567asdfghjabcdefgzxcvbnm7654321uytrew'],
  ['dead beef', upTo('deadbeefcafebabe')],
  ['test', upTo('test')],
  ['a random piece repeated', upTo(randomBody('mixed', 12, generator(1)))],
  ['a filler of more than half', randomBody('mixed', 22, generator(2)) + 'x'.repeat(26)],
  ['a counted value', 'testkey00000000000000000000000000000000000000042'],
]

/** What a person made. */
export const made: readonly Sample[] = [
  ...orderly.map(([name, body]) => ({ name, body, key: false })),
  ...[...written.tuning, ...written.heldOut].map((body) => ({ name: body, body, key: false })),
]

/** Of many millions those that were all but taken for made: alphabet, length and seed. */
const nearest = [
  ['lower letters', 32, 1518841],
  ['lower letters', 32, 1019394],
  ['lower', 48, 2435628],
  ['hex', 48, 8712866],
] as const

/** Random bodies with a piece of order in them, and those that chance brought closest to it. */
export const random: readonly Sample[] = [
  ...range(300)
    .flatMap((seed) => {
      const next = generator(seed)
      const mixed = (length: number) => randomBody('mixed', length, next)
      return [
        ['letters in sequence', `${mixed(16)}abcdefg${mixed(25)}`],
        ['a word', `${mixed(16)}password${mixed(24)}`],
        ['another word', `${mixed(28)}token${mixed(15)}`],
        ['zeros', `${mixed(20)}0000000${mixed(21)}`],
        ['a filler of less than half', `${mixed(27)}${'x'.repeat(21)}`],
        ['a word at the start', `live${randomBody('hex', 44, next)}`],
        [
          'hex beside letters of another case',
          `${randomBody('hex', 20, next)}Key${randomBody('hex', 25, next)}`,
        ],
        ['a word before a short one', `example${mixed(25)}`],
      ] as const
    })
    .map(([name, body]) => ({ name, body, key: true })),
  ...nearest.map(([alphabet, length, seed]) => ({
    name: `${alphabet} of seed ${seed}`,
    body: randomBody(alphabet, length, generator(seed)),
    key: true,
  })),
]

/** Names of the samples that are misjudged. */
export function misjudged(samples: readonly Sample[], within: Limits = limits): string[] {
  return samples.filter(({ body, key }) => judge(body, 'exact', within).key !== key).map(({ name }) => name)
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}
