import { type Git, startGit } from '../run.ts'
import type { History } from './history.ts'
import type { Pair } from './pairs.ts'

/** Enough for any merge that people make; beyond it, the rule of a merge without conflicts stands. */
const mostQuestions = 500_000
const newline = 0x0a

/**
 * Asks git what a merge has at a path where its parents differ. A question is the merge's number times the count of
 * pairs, plus the pair's number; answers are added to `answers`. `objects`: ids by number.
 */
export async function askMerges(
  git: Git,
  history: History,
  { pairs, objects }: { readonly pairs: readonly Pair[]; readonly objects: readonly string[] },
  questions: ReadonlySet<number>,
  answers: Map<number, boolean>,
  signal: AbortSignal,
): Promise<void> {
  const pairOf = (question: number) => pairs[question % pairs.length]
  // A line a question: of a path with a newline nothing can be asked.
  const asked = [...questions]
    .filter((question) => pairOf(question)?.path.includes(newline) === false)
    .slice(0, Math.max(0, mostQuestions - answers.size))
  if (asked.length === 0) return
  const child = startGit(git, ['cat-file', '--batch-check=%(objectname)', '--buffer'], signal)
  child.stdin.end(Buffer.concat(asked.map(lineOf)))
  let rest = ''
  let at = 0
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const question = asked[at++]
      if (question !== undefined) answers.set(question, objects[pairOf(question)?.object ?? -1] === line)
    }
  })
  await child.exit
  signal.throwIfAborted()

  function lineOf(question: number): Buffer {
    const merge = history.ids[Math.floor(question / pairs.length)] ?? ''
    return Buffer.concat([
      Buffer.from(`${merge}:`),
      pairOf(question)?.path ?? Buffer.alloc(0),
      Buffer.of(newline),
    ])
  }
}
