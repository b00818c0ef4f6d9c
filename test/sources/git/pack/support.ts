import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { createInflater } from '../../../../src/sources/git/pack/inflate.ts'
import { openPack, readPackIndex } from '../../../../src/sources/git/pack/open.ts'
import { type Left, unpack } from '../../../../src/sources/git/pack/unpack.ts'
import { Repo } from '../../support.ts'

/** A repository whose files change again and again, so that git stores most of them as deltas. */
export function historyOf(
  versions: number,
  change: (text: string, version: number) => string,
  ...init: string[]
): Repo {
  const repo = new Repo(undefined, ...init)
  let text = Array.from({ length: 300 }, (_, line) => `line ${line} ${(line * 7919) % 1009}`).join('\n')
  const commands: string[] = []
  for (let version = 0; version < versions; version++) {
    text = change(text, version)
    const message = `change ${version}`
    commands.push(
      `commit refs/heads/main\ncommitter A <a@example.com> ${1_700_000_000 + version} +0000\ndata ${message.length}\n${message}\n`,
      fileOf('a.txt', text),
      fileOf(`dir/${version % 5}.txt`, text.slice(0, 2000 + version)),
    )
  }
  const input = commands.join('')
  repo.gitWith({ input }, '-c', 'fastimport.unpackLimit=10000', 'fast-import', '--quiet')
  return repo
}

function fileOf(path: string, text: string): string {
  return `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`
}

/** Every object as git has it, by id. */
export function objectsOf(repo: Repo): Map<string, { type: string; bytes: Buffer }> {
  const output = execFileSync('git', ['cat-file', '--batch-all-objects', '--batch', '--buffer'], {
    cwd: repo.dir,
    maxBuffer: 2 ** 30,
  })
  const objects = new Map<string, { type: string; bytes: Buffer }>()
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at)
    const [id = '', type = '', size = ''] = output.toString('latin1', at, end).split(' ')
    objects.set(id, { type, bytes: output.subarray(end + 1, end + 1 + Number(size)) })
    at = end + 2 + Number(size)
  }
  return objects
}

export function packsOf(repo: Repo): Buffer[] {
  const folder = join(repo.git('rev-parse', '--absolute-git-dir'), 'objects/pack')
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.pack'))
  return names.map((name) => Buffer.from(join(folder, name.slice(0, -'.pack'.length))))
}

/** All that our reader makes of the packs, copied. */
export function unpacked(repo: Repo, idLength = 20) {
  const found = new Map<string, { type: string; bytes: Buffer }>()
  const left: Left[] = []
  const flaws: string[] = []
  for (const name of packsOf(repo)) {
    const pack = openPack(fs, name, readPackIndex(fs, name, idLength), createInflater())
    if (pack.flaw !== null) flaws.push(pack.flaw)
    for (const batch of unpack(pack, () => 'read')) {
      for (const item of batch) {
        if ('why' in item) left.push(item)
        else found.set(item.id, { type: item.type, bytes: Buffer.from(item.bytes) })
      }
    }
    pack.window.close()
  }
  return { found, left, flaws }
}
