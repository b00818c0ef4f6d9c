import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from './discover.ts'
import { OnlyGitKnows } from './only-git.ts'
import { longestText, readRegular } from '../git/regular-file.ts'

/** Bytes. */
const longestRef = 65_536
/** As git has it. */
const longestChain = 5

/** The id of the commit that HEAD stands at; null before the first one. Throws `OnlyGitKnows`. */
export function readHead({ gitDir, commonDir, idLength }: Layout): string | null {
  const head = join(gitDir, 'HEAD')
  if (!lstatSync(head).isFile()) throw new OnlyGitKnows('HEAD is a link')
  let text = readRegular(head, longestRef).toString('latin1')
  for (let links = 0; links <= longestChain; links += 1) {
    const id = idIn(text, idLength)
    if (id !== null) return id
    const name = branchIn(text)
    const loose = readLoose(join(commonDir, name))
    if (loose === null) return packedId(commonDir, name, idLength)
    text = loose
  }
  throw new OnlyGitKnows('refs that lead in a circle')
}

function idIn(text: string, idLength: number): string | null {
  const [, id] = /^([0-9a-f]+)(?:\s|$)/.exec(text) ?? []
  return id?.length === idLength * 2 ? id : null
}

/** Branches only, in names that are a path below the git folder: other refs may belong to a worktree. */
function branchIn(text: string): string {
  const [, name] = /^ref:\s*(refs\/heads\/[\x21-\x7e]+)\s*$/.exec(text) ?? []
  if (name === undefined || /\.\.|\/\/|\/\.|[~^:?*[\\]|\/$/.test(name))
    throw new OnlyGitKnows('what HEAD says')
  return name
}

/** null: there is none, though perhaps a packed one. */
function readLoose(file: string): string | null {
  try {
    return readRegular(file, longestRef).toString('latin1')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null
    throw error
  }
}

/** Lines `<id> SP <name>`; https://git-scm.com/docs/git-pack-refs. null: not there, so nothing is committed yet. */
function packedId(commonDir: string, name: string, idLength: number): string | null {
  let packed: Buffer
  try {
    packed = readRegular(join(commonDir, 'packed-refs'), longestText)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  for (let at = packed.indexOf(` ${name}`); at !== -1; at = packed.indexOf(` ${name}`, at + 1)) {
    const end = packed[at + 1 + name.length]
    const begin = at - idLength * 2
    if (end !== undefined && end !== 10 && end !== 13) continue
    if (begin < 0 || (begin > 0 && packed[begin - 1] !== 10)) continue
    const id = idIn(packed.toString('latin1', begin, at), idLength)
    if (id !== null) return id
  }
  return null
}
