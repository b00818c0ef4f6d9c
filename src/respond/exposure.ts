import type { Context } from '../context.ts'
import { version } from '../version.ts'
import type { Exposure } from './types.ts'

export interface ExposureFinding {
  readonly exposure: Exposure
  readonly reason: string
}

/**
 * Exposure of what stands in a git history, by its remotes: 200 without a credential is public, anything else that is
 * pushed is shared, a repository without remotes never left this machine (DESIGN, Command line; DETAILS, Visibility).
 */
export async function exposureOfRemotes(
  remotes: readonly { readonly name: string; readonly url: string }[],
  context: Pick<Context, 'env'>,
): Promise<ExposureFinding> {
  if (remotes.length === 0) return { exposure: 'local', reason: 'the repository has no remote: never pushed' }
  const github = remotes.flatMap(({ url }) => githubRepository(url, context.env['PPLX_WARDEN_GITHUB_URL']))
  for (const repository of github) {
    if (await isPublic(repository, context)) {
      return { exposure: 'public', reason: `${repository.owner}/${repository.repo} is public on GitHub` }
    }
  }
  const names = remotes.map(({ name }) => name).join(', ')
  return {
    exposure: 'shared',
    reason: `it has the remote ${names}, whose visibility is ${github.length === 0 ? 'not known' : 'not public or unknown'}`,
  }
}

interface Repository {
  readonly owner: string
  readonly repo: string
}

/** `https://github.com/o/r.git`, `git@github.com:o/r`, `ssh://git@github.com/o/r`; an Enterprise host by its API address. */
function githubRepository(url: string, api: string | undefined): Repository[] {
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(url)
  const [host, path] =
    scp?.[1] !== undefined && scp[2] !== undefined
      ? [scp[1], scp[2]]
      : URL.canParse(url)
        ? [new URL(url).hostname, new URL(url).pathname]
        : ['', '']
  const hosts = [
    'github.com',
    'www.github.com',
    'ssh.github.com',
    ...(api !== undefined && URL.canParse(api) ? [new URL(api).hostname] : []),
  ]
  const match = /^\/?([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(path)
  return hosts.includes(host.toLowerCase()) && match?.[1] !== undefined && match[2] !== undefined
    ? [{ owner: match[1], repo: match[2] }]
    : []
}

async function isPublic(repository: Repository, context: Pick<Context, 'env'>): Promise<boolean> {
  const { Octokit } = await import('@octokit/rest')
  const baseUrl = context.env['PPLX_WARDEN_GITHUB_URL']
  const silent = { debug() {}, info() {}, warn() {}, error() {} }
  const octokit = new Octokit({
    userAgent: `pplx-warden/${version}`,
    log: silent,
    request: { signal: AbortSignal.timeout(10_000) },
    ...(baseUrl === undefined ? {} : { baseUrl: baseUrl.replace(/\/$/, '') }),
  })
  try {
    const reply = await octokit.rest.repos.get({ owner: repository.owner, repo: repository.repo })
    return reply.status === 200
  } catch {
    return false // 404 or no answer: shared, and the reason says that it is not known.
  }
}
