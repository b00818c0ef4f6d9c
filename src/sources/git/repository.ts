import { type Git, runGit } from './run.ts'

/** A repository as found from a folder in it (or its git folder itself). */
export interface Repository {
  readonly git: Git
  /** Absolute, as bytes: a path may hold anything. Of a linked worktree: its own folder, while `commonDir` is the main one's. */
  readonly gitDir: Buffer
  readonly commonDir: Buffer
  /** As the person named it. */
  readonly target: string
  /** Of a submodule's repository. */
  readonly nested?: Nested
}

export interface Nested {
  /** What it is called in a report: its path, and what tells two of one path apart. */
  readonly name: string
  /** Of its working tree in that of the repository that was named: paths in it are shown below. */
  readonly path: Buffer
  /** Its git folder as shown: `.git/modules/lib`. */
  readonly folder: string
  /** null: it has none. */
  readonly workTree: Buffer | null
  /** Commits of it that the index or HEAD around it needs. */
  readonly pinned: readonly string[]
}

/** Of its git folder: what stands in front of the names of files in it. */
export function shownFolder({ nested }: Repository): string {
  return nested?.folder ?? '.git'
}

/** null: a bare repository, or git cannot tell. */
export async function workTreeOf(repository: Repository, signal: AbortSignal): Promise<Buffer | null> {
  const { nested, git } = repository
  if (nested !== undefined) return nested.workTree
  const answer = await runGit(git, ['rev-parse', '--show-toplevel'], signal)
  return answer.code === 0 && answer.stdout.length > 1 ? answer.stdout.subarray(0, -1) : null
}

export function absolute(base: Buffer, path: Buffer): Buffer {
  return path[0] === 0x2f ? path : below(base, path)
}

/** A path below a folder of the repository. */
export function below(folder: Buffer, ...names: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat([folder, ...names.flatMap((name) => [Buffer.from('/'), Buffer.from(name)])])
}

const idLengths = new WeakMap<Repository, Promise<number>>()

/**
 * Bytes of an object's id: 32 in a SHA-256 repository. git before 2.25 has no other than SHA-1 and does not know the
 * question. Asked once: a repository may have a thousand submodules.
 */
export function idLengthOf(repository: Repository, signal: AbortSignal): Promise<number> {
  const asked = idLengths.get(repository) ?? askIdLength(repository, signal)
  idLengths.set(repository, asked)
  return asked
}

async function askIdLength({ git }: Repository, signal: AbortSignal): Promise<number> {
  const answer = await runGit(git, ['rev-parse', '--show-object-format'], signal)
  return answer.code === 0 && answer.stdout.toString('latin1').trim() === 'sha256' ? 32 : 20
}
