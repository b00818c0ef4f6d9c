import { OnlyGitKnows } from './only-git.ts'

/** What the repository's own configuration says about how it is stored. */
export interface StorageSettings {
  /** Bytes of an object id. */
  readonly idLength: 20 | 32
  /** `core.worktree` is set: where the working tree begins is not known from where `.git` lies. */
  readonly movesWorkTree: boolean
  /** `config.worktree` is to be read too. */
  readonly perWorkTree: boolean
}

/** Extensions that change nothing of what is read here; `objectformat` is looked at by itself. */
const harmless = new Set([
  'noop',
  'noop-v1',
  'objectformat',
  'partialclone',
  'preciousobjects',
  'relativeworktrees',
  'worktreeconfig',
])

/**
 * Not a reader of configuration: it looks for the few lines that matter and gives up at what it does not expect. A
 * key counts in whatever section it seems to stand, since a line may go on in the next one. Only this file matters:
 * git takes these settings from nowhere else. https://git-scm.com/docs/repository-version
 */
export function storageSettings(text: string): StorageSettings {
  const settings = { idLength: 20 as 20 | 32, movesWorkTree: false, perWorkTree: false }
  let section = ''
  for (const line of text.split('\n')) {
    const [, header, rest = ''] = /^\s*(?:\[\s*([^\]]*?)\s*\])?\s*(.*?)\s*$/.exec(line) ?? []
    if (header !== undefined) section = header.toLowerCase()
    const [, name, value] = /^([a-z][a-z0-9-]*)\s*(?:=\s*(.*))?$/i.exec(rest) ?? []
    if (name !== undefined) take(section, name.toLowerCase(), value?.toLowerCase() ?? null)
  }
  return settings

  function take(within: string, name: string, value: string | null): void {
    if (name === 'bare') expect(value === 'false', 'core.bare')
    else if (name === 'repositoryformatversion') expect(value === '0' || value === '1', `version ${value}`)
    else if (name === 'worktree') settings.movesWorkTree = true
    else if (name === 'worktreeconfig') settings.perWorkTree = true
    else if (name === 'objectformat') {
      expect(value === 'sha1' || value === 'sha256', `objects of ${value}`)
      if (value === 'sha256') settings.idLength = 32
    } else if (within === 'extensions') expect(harmless.has(name), `extension ${name}`)
  }
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new OnlyGitKnows(what)
}
