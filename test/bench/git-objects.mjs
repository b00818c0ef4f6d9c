// What `git cat-file --batch` hands out: this repository's own objects first, then made ones.
import { execFileSync } from 'node:child_process'
import { chooser, randomBytesOf } from './random.mjs'

const words =
  'add fix remove rename the a of in when scanner test key rotation config reader index stream docs bump handle missing empty file for with no more than one'.split(
    ' ',
  )

export function gitObjects(size) {
  const own = execFileSync('git', ['cat-file', '--batch-all-objects', '--batch'], {
    cwd: import.meta.dirname,
    maxBuffer: 1 << 30,
  })
  const choose = chooser('git')
  const ids = idsOf(randomBytesOf('git', 1 << 20))
  const buffer = Buffer.alloc(size)
  let at = own.copy(buffer, 0, 0, size >> 1)
  while (at < size) {
    const [type, content] = object(choose, ids)
    const head = Buffer.from(`${ids().toString('hex')} ${type} ${content.length}\n`)
    for (const part of [head, content, Buffer.from('\n')]) at += part.copy(buffer, at)
  }
  return buffer
}

function object(choose, ids) {
  const kind = choose.below(10)
  if (kind < 3) return ['commit', Buffer.from(commit(choose, ids))]
  if (kind < 6) return ['tree', tree(choose, ids)]
  return ['blob', Buffer.from(diff(choose, ids))]
}

function commit(choose, ids) {
  const when = `B <b@example.com> ${1_700_000_000 + choose.below(9e7)} +0100`
  return `tree ${ids().toString('hex')}\nparent ${ids().toString('hex')}\nauthor ${when}\ncommitter ${when}\n\n${sentence(choose)}\n\n${sentence(choose)}\n`
}

/** Mode, name, NUL, twenty bytes of id: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
function tree(choose, ids) {
  const entries = Array.from({ length: 5 + choose.below(60) }, () => [
    Buffer.from(
      `${choose.one(['100644', '100755', '40000'])} ${choose.one(words)}-${choose.below(1000)}.ts\0`,
    ),
    ids(),
  ])
  return Buffer.concat(entries.flat())
}

function diff(choose, ids) {
  const path = `src/${choose.one(words)}/${choose.one(words)}.ts`
  const from = choose.below(800)
  const lines = Array.from({ length: 10 + choose.below(60) }, () => changed(choose))
  const short = () => ids().toString('hex', 0, 4)
  return `diff --git a/${path} b/${path}\nindex ${short()}..${short()} 100644\n--- a/${path}\n+++ b/${path}\n@@ -${from},7 +${from},9 @@\n${lines.join('\n')}\n`
}

function changed(choose) {
  const name = `${choose.one(words)}${choose.below(100)}`
  const code = choose.one([
    `const ${name} = await read(${JSON.stringify(sentence(choose))}, { limit: ${choose.below(9999)} })`,
    `if (${name} !== undefined && ${name}.length > ${choose.below(64)}) return null`,
    `  // ${sentence(choose)}`,
    `"integrity": "sha512-${choose.alphanumeric(86)}==",`,
    `  ${name}: '${choose.hex(40)}',`,
  ])
  return `${choose.one([' ', ' ', '+', '-'])}${code}`
}

function sentence(choose) {
  return Array.from({ length: 4 + choose.below(10) }, () => choose.one(words)).join(' ')
}

/** Twenty bytes at a time from the same pool, again and again. */
function idsOf(pool) {
  let at = 0
  return () => {
    at = at + 40 > pool.length ? 0 : at + 20
    return pool.subarray(at, at + 20)
  }
}
