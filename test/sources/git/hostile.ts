import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Repo } from '../support.ts'

/** Everything a repository's configuration can make git run, set to leave a mark. */
export function makeHostile(repo: Repo, marker: string): void {
  const bait = join(repo.dir, '.git', 'bait')
  writeFileSync(bait, `#!/bin/sh\necho "$0 $*" >> ${marker}\ncat\n`)
  chmodSync(bait, 0o755)
  const settings: Record<string, string> = {
    'core.fsmonitor': bait,
    'diff.external': bait,
    'diff.bait.textconv': bait,
    'diff.bait.command': bait,
    'filter.bait.clean': bait,
    'filter.bait.smudge': bait,
    'filter.bait.process': bait,
    'core.sshCommand': bait,
    'core.alternateRefsCommand': bait,
    'core.pager': bait,
    'gpg.program': bait,
    'log.showSignature': 'true',
    'credential.helper': bait,
    'core.askPass': bait,
    'core.gitProxy': bait,
    'uploadpack.packObjectsHook': bait,
    'pager.log': bait,
    'core.editor': bait,
    'alias.cat-file': `!${bait}`,
    'color.ui': 'always',
    'diff.renames': 'copies',
    'diff.noprefix': 'true',
    'diff.relative': 'true',
    'core.quotePath': 'true',
    'core.abbrev': '4',
    'remote.origin.url': `ext::${bait}`,
    'remote.origin.promisor': 'true',
  }
  const hooks = join(repo.dir, '.git', 'own-hooks')
  mkdirSync(hooks)
  for (const hook of ['pre-commit', 'post-index-change', 'reference-transaction', 'post-checkout'])
    symlinkSync(bait, join(hooks, hook))
  writeFileSync(join(repo.dir, '.git', 'info', 'attributes'), '* diff=bait filter=bait\n')
  for (const [name, value] of Object.entries(settings)) repo.git('config', name, value)
  repo.git('config', 'core.hooksPath', hooks)
}
