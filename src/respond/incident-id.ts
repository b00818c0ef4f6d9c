// Digits first: in this order the letters sort as their values do.
const alphabet = '234567abcdefghijklmnopqrstuvwxyz'
/** Six letters count steps of 2.048 s from 2020 on: enough until 2089. The other four are random. */
const timeLetters = 6
const tickMs = 2048
const epoch = Date.UTC(2020, 0, 1)

/** `inc-` + 10 of [a-z2-7]: five bits a letter, the first six from the time, so that ids sort by age. */
export function incidentId(now: number, random: Uint8Array): string {
  let ticks = Math.max(0, Math.floor((now - epoch) / tickMs))
  let time = ''
  for (let letter = 0; letter < timeLetters; letter += 1) {
    time = (alphabet[ticks % 32] ?? '2') + time
    ticks = Math.floor(ticks / 32)
  }
  let tail = ''
  for (let letter = 0; letter < 4; letter += 1) tail += alphabet[(random[letter] ?? 0) % 32] ?? '2'
  return `inc-${time}${tail}`
}
