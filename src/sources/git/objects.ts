import { type BatchMiss, type BatchObject, readBatch, TruncatedBatch } from './batch.ts'
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
 * Reads the objects named, in their order. git dies at some damaged objects: that one becomes a miss, and the rest
 * is read by a new process. `first` is a process that was started in advance.
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
    child.stdin.end(`${todo.join('\n')}\n`)
    let culprit = true
    try {
      for await (const batch of readBatch(child.stdout)) {
        const answers = batch.map((object, at) => ({ index: next + at, object }))
        next += batch.length
        yield answers
      }
    } catch (error) {
      if (!(error instanceof TruncatedBatch)) throw error
      // It ended inside an object that had been handed out as a stream: that one is the damaged one.
      culprit = error.handedOut === null
      if (!culprit) yield [{ index: next - 1, object: { id: ids[next - 1] ?? '', missing: error.message } }]
    } finally {
      child.stdout.destroy()
    }
    const exit = await child.exit
    signal.throwIfAborted()
    if (next >= ids.length) return
    if (!culprit) {
      child = startBatch(git, signal)
      continue
    }
    yield [{ index: next, object: { id: ids[next] ?? '', missing: complaint(exit) } }]
    next += 1
    if (next < ids.length) child = startBatch(git, signal)
  }
}
