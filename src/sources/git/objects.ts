import { randomBytes } from 'node:crypto'
import { BrokenBatch, type BatchMiss, type BatchObject, readBatch } from './batch.ts'
import { complaint, type Git, type GitChild, startGit } from './run.ts'

/** An answer and which of the ids it belongs to. */
export interface Answer {
  readonly index: number
  readonly object: BatchObject | BatchMiss
}

export function startBatch(git: Git, signal: AbortSignal): GitChild {
  return startGit(git, ['cat-file', '--batch', '--buffer'], signal)
}

/**
 * Reads the objects named, in their order. git dies at some damaged objects, and is ended at some: that one becomes a
 * miss, and the rest is read by a new process. `first` is a process that was started in advance.
 */
export async function* readObjects(
  git: Git,
  ids: readonly string[],
  signal: AbortSignal,
  first?: GitChild,
): AsyncGenerator<readonly Answer[]> {
  if (ids.length === 0) return
  let child = first ?? startBatch(git, signal)
  let next = 0
  while (next < ids.length) {
    const todo = ids.slice(next)
    // A name that nothing has, and that git does not even look for: after each object it says that it is missing.
    const none = `/${randomBytes(8).toString('hex')}`
    child.stdin.end(todo.map((id) => `${id}\n${none}\n`).join(''))
    let broken: BrokenBatch | null = null
    try {
      for await (const batch of readBatch(child.stdout, `${none} missing\n`)) {
        const answers = batch.map((object, at) => ({ index: next + at, object }))
        next += batch.length
        yield answers
      }
    } catch (error) {
      if (!(error instanceof BrokenBatch)) throw error
      broken = error
      child.kill()
    } finally {
      child.stdout.destroy()
    }
    const exit = await child.exit
    signal.throwIfAborted()
    // What had been handed out as a stream is the damaged one itself.
    const at = broken !== null && broken.handedOut !== null ? next - 1 : next
    if (at >= ids.length) return
    const missing = broken?.isShifted === true || at < next ? (broken?.message ?? '') : complaint(exit)
    yield [{ index: at, object: { id: ids[at] ?? '', missing } }]
    next = at + 1
    if (next < ids.length) child = startBatch(git, signal)
  }
}
