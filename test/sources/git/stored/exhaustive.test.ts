import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { gitSource } from '../../../../src/sources/git/source.ts'
import { kinds, type Random, randomOf, tokenOf, unitOf } from '../../../detect/conformance/cells.ts'
import { rows } from '../../../detect/conformance/encoders/index.ts'
import { contextAt, never, Repo, scan } from '../../support.ts'

const versions = process.env['PROVE'] === '1' ? 3000 : 100

const pick = <T>(list: readonly T[], random: Random): T => list[Math.floor(random() * list.length)] as T

/** One edit of a text, as people make them, and as somebody would who wants a key not to be seen. */
function edited(lines: Buffer[], random: Random): Buffer[] {
  const at = Math.floor(random() * lines.length)
  const copy = [...lines]
  const line = copy[at] ?? Buffer.alloc(0)
  const cut = Math.floor(random() * line.length)
  switch (Math.floor(random() * 8)) {
    case 0: {
      const row = pick(rows, random)
      const token = tokenOf(pick(kinds, random), random)
      const unit = unitOf({ rows: [row], token, spot: 'middle', pad: 0, random })
      if (unit !== null && row.wholeUnit === undefined) copy.splice(at, 0, unit.bytes)
      return copy
    }
    case 1:
      copy.splice(at, 1)
      return copy
    case 2:
      copy.splice(at, 1, line.subarray(0, cut), line.subarray(cut))
      return copy
    case 3:
      copy.splice(at, 1, Buffer.concat([line.subarray(0, cut), line.subarray(cut + 1)]))
      return copy
    case 4:
      copy.splice(at, 2, Buffer.concat([line, copy[at + 1] ?? Buffer.alloc(0)]))
      return copy
    case 5: {
      const [block, to] = [copy.splice(at, 5), Math.floor(random() * copy.length)]
      copy.splice(to, 0, ...block)
      return copy
    }
    case 6:
      copy.splice(at, 0, Buffer.from(`p${pick(['p', 'pl', 'plx', ''], random)}`), Buffer.from('lx-'))
      return copy
    default:
      copy.splice(at, 0, Buffer.from(`line ${Math.floor(random() * 1000)} of something`))
      return copy
  }
}

function history(random: Random): Repo {
  const repo = new Repo()
  const parts: Buffer[] = []
  let files: Buffer[][] = [0, 1, 2].map((file) =>
    Array.from({ length: 120 }, (_, line) =>
      Buffer.from(`file ${file}, line ${line}: ${(line * 7919) % 1009}`),
    ),
  )
  for (let version = 1; version <= versions; version++) {
    const changed = Math.floor(random() * files.length)
    files = files.map((lines, file) => (file === changed ? edited(lines, random) : lines))
    const content = Buffer.concat((files[changed] ?? []).flatMap((line) => [line, Buffer.from('\n')]))
    const head = `commit refs/heads/main\ncommitter A <a@example.com> ${1_700_000_000 + version} +0000\ndata 1\nm\n`
    parts.push(
      Buffer.from(`${head}M 100644 inline dir/${changed}.txt\ndata ${content.length}\n`),
      content,
      Buffer.from('\n'),
    )
  }
  execFileSync('git', ['fast-import', '--quiet'], { cwd: repo.dir, input: Buffer.concat(parts) })
  return repo
}

async function places(repo: Repo, exhaustive: boolean): Promise<string[]> {
  const source = await gitSource(contextAt(repo.dir), undefined, never, { exhaustive })
  const result = await scan(source, { context: contextAt(repo.dir) })
  expect(result.complete).toBe(true)
  return result.findings.flatMap(({ fingerprint, occurrences, occurrenceCount }) => [
    `${fingerprint} ${occurrenceCount}`,
    ...occurrences.map(
      ({ encodings, location }) =>
        `${fingerprint} ${location.object?.id} ${location.byteOffset} ${location.line} ${encodings.join()}`,
    ),
  ])
}

for (const depth of [3, 50]) {
  test(`what is new is enough: a history of adversarial edits, packed with a depth of ${depth}`, async () => {
    const repo = history(randomOf(`exhaustive ${depth}`))
    repo.git('repack', '-adFq', `--depth=${depth}`, `--window=${depth + 5}`)
    const all = await places(repo, true)
    expect(all.length).toBeGreaterThan(20)
    expect(await places(repo, false)).toEqual(all)
  })
}
