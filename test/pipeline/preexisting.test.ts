import { expect, test } from 'vitest'
import { nameFrom } from '../../src/sources/name.ts'
import type { Source, Unit } from '../../src/sources/types.ts'
import { scan } from '../sources/support.ts'
import { randomToken } from '../support.ts'

/** Objects with a token each; every third one stood there before. */
function sourceOf(count: number, token: string, asked: number[], unreadable = false): Source {
  const unit = (id: string, text: string): Unit => ({
    name: nameFrom(id),
    bytes: Buffer.from(text),
    origin: { kind: 'object', id, type: 'blob' },
    encodings: [],
  })
  const before = (id: string) => (Number(id) % 3 === 0 ? `old ${id}` : 'nothing')
  return {
    kind: 'git',
    target: '.',
    excluded: {},
    async *units() {
      for (let id = 0; id < count; id += 1) yield [unit(String(id), `${id} ${token}`)]
    },
    base: {
      async placesOf(ids) {
        asked.push(ids.length)
        const places = ids.map((id) => [id, [{ path: nameFrom('a.txt'), before: [before(id)] }]] as const)
        return { places: new Map(places), skipped: [] }
      },
      async *read(ids) {
        for (const id of ids) {
          if (unreadable) yield [{ skipped: id, reason: 'not here' }]
          else yield [unit(id, id.startsWith('old') ? token : 'none')]
        }
      },
    },
  }
}

test('places are asked for many objects at once, and each hit is decided once', async () => {
  const asked: number[] = []
  const result = await scan(sourceOf(2400, randomToken(), asked))
  expect(asked).toEqual([1000, 1000, 400])
  expect(result.findings[0]?.occurrenceCount).toBe(1600)
  expect(result.preexisting?.[0]?.occurrenceCount).toBe(800)
  expect(result.complete).toBe(true)
})

test('what stood there cannot be read: the token counts, and the scan is incomplete', async () => {
  const result = await scan(sourceOf(3, randomToken(), [], true))
  expect(result.findings[0]?.occurrenceCount).toBe(3)
  expect(result.preexisting).toEqual([])
  expect(result.skipped.map(({ skipped }) => skipped)).toEqual(['old 0', 'nothing'])
})

test('without a hit nothing is asked', async () => {
  const asked: number[] = []
  expect((await scan(sourceOf(3, 'none', asked))).preexisting).toEqual([])
  expect(asked).toEqual([])
})
