import type { Location } from '../../../../src/pipeline/types.ts'
import { gitSource } from '../../../../src/sources/git/source.ts'
import { contextAt, found, never, type Repo, scan } from '../../support.ts'

export const scanGit = async (dir: string) =>
  scan(await gitSource(contextAt(dir), undefined, never), { context: contextAt(dir) })

/** Where the token stands in an object: one place. */
export async function placeOf(repo: Pick<Repo, 'dir'>, token: string): Promise<Location> {
  const places = placesIn(await scanGit(repo.dir), token)
  if (places.length !== 1 || places[0] === undefined) throw new Error(`${places.length} places`)
  return places[0]
}

export function placesIn(result: Awaited<ReturnType<typeof scanGit>>, token: string): Location[] {
  return found(result, token)
    .occurrences.map(({ location }) => location)
    .filter(({ object }) => object !== null)
}

/** A branch of its own from `from` on, which is left again. */
export function onBranch(repo: Repo, name: string, from: string, work: () => string): string {
  repo.git('checkout', '-q', '-b', name, from)
  const commit = work()
  repo.git('checkout', '-q', 'main')
  return commit
}
