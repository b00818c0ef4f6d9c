// The detector in memory, on 64 MiB of each kind of material, beside two floors of the same run. Asserts nothing.
//   npm run bench -- detect          in the bench of everything
//   node test/bench/detect.mjs log   one kind alone
import { loadEngine } from './engine.mjs'
import { material } from './material.mjs'
import { chooser } from './random.mjs'

const size = 64 * 1_048_576
const piece = 262_144
const rounds = 5
const [only = ''] = process.argv.slice(2)

const { createDetector, anchorPass, knownKeys } = await loadEngine()
const detector = createDetector()
const knowing = createDetector({ known: knownKeys(inventory(1000)) })

/** Each returns a number: of what it found. */
const measured = {
  indexOf: (bytes) => {
    let count = 0
    for (let at = bytes.indexOf('pplx-'); at >= 0; at = bytes.indexOf('pplx-', at + 5)) count += 1
    return count
  },
  sum: (bytes) => {
    let total = 0
    for (let i = 0; i < bytes.length; i += 1) total += bytes[i]
    return total
  },
  ...(anchorPass === null ? {} : { anchors: anchorPass }),
  scan: (bytes) => detector.scan(bytes).length,
  pieces: (bytes) => {
    const scanner = detector.scanner()
    let hits = 0
    for (let from = 0; from < bytes.length; from += piece)
      hits += scanner.push(bytes.subarray(from, from + piece)).length
    return hits + scanner.end().length
  },
  known: (bytes) => knowing.scan(bytes).length,
}
const names = Object.keys(measured)
const ratios = {
  'known/scan': ['known', 'scan'],
  'scan/sum': ['scan', 'sum'],
  'scan/indexOf': ['scan', 'indexOf'],
}

const cells = (kind, list) => `${kind.padEnd(8)}${list.map((cell) => cell.padStart(14)).join('')}`
console.log(`MB/s, medians of ${rounds} rounds over ${size / 1_048_576} MiB; ratios of times`)
console.log(cells('', [...names, ...Object.keys(ratios), 'anchors/MiB', 'hits']))
for (const [kind, make] of Object.entries(material))
  if (kind.includes(only)) console.log(row(kind, make(size)))

function row(kind, bytes) {
  const found = Object.fromEntries(names.map((name) => [name, measured[name](bytes)]))
  const laps = Array.from({ length: rounds }, () => lap(bytes))
  const speeds = names.map((name) => (size / 1e6 / median(laps.map((times) => times[name]))).toFixed(0))
  const relations = Object.values(ratios).map(([a, b]) =>
    median(laps.map((times) => times[a] / times[b])).toFixed(2),
  )
  const survivors = found.anchors === undefined ? '-' : (found.anchors / (size / 1_048_576)).toFixed(2)
  return cells(kind, [...speeds, ...relations, survivors, String(found.scan)])
}

/** Seconds of each, one after the other, so that a slow moment of the machine meets all of them. */
function lap(bytes) {
  return Object.fromEntries(names.map((name) => [name, seconds(() => measured[name](bytes))]))
}

function seconds(work) {
  const began = performance.now()
  work()
  return (performance.now() - began) / 1000
}

function median(list) {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
}

function inventory(count) {
  const choose = chooser('inventory')
  return Array.from({ length: count }, () => `pplx-${choose.alphanumeric(48)}`)
}
