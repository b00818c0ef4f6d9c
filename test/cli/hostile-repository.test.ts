import { chmodSync, existsSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Repo, temporary, write } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { bareEnvironment } from './command.ts'
import { endsWithin } from './limited.ts'

const hooks = words(`
  applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg
  commit-msg post-commit pre-rebase post-checkout post-merge pre-push pre-receive update
  proc-receive post-receive post-update reference-transaction push-to-checkout pre-auto-gc
  post-rewrite sendemail-validate fsmonitor-watchman post-index-change
`)

/** Plumbing and porcelain that a scanner may be made of. */
const commands = words(`
  cat-file rev-parse rev-list for-each-ref show-ref diff-tree diff-index diff-files diff ls-tree
  ls-files merge-base log show status config submodule lfs fsck count-objects verify-pack
  multi-pack-index check-ignore worktree
`)

/** Programs that git, or a scanner, finds on PATH. */
const programs = words(`
  ssh gpg gpg2 gpgsm ssh-keygen less more vi editor curl wget
`)

/** What git runs when it is told to, by the name of its setting. https://git-scm.com/docs/git-config */
function baits(bait: string): [name: string, value: string][] {
  const run = `
    core.fsmonitor core.sshCommand core.gitProxy core.pager core.editor core.askPass
    core.alternateRefsCommand diff.external diff.bait.textconv diff.bait.command
    filter.bait.clean filter.bait.smudge filter.bait.process filter.lfs.process
    merge.bait.driver mergetool.bait.cmd difftool.bait.cmd merge.tool diff.tool gpg.program
    gpg.ssh.program gpg.x509.program gpg.ssh.defaultKeyCommand credential.helper
    credential.https://example.com.helper uploadpack.packObjectsHook remote.origin.uploadpack
    remote.origin.receivepack sequence.editor pager.cat-file pager.log pager.diff
    interactive.diffFilter trailer.bait.command browser.bait.cmd tar.bait.command
    sendemail.smtpServer man.bait.cmd lfs.customtransfer.bait.path imap.tunnel instaweb.httpd
    guitool.bait.cmd receive.procReceiveRefs
  `
  return [
    ...words(run).map((name): [string, string] => [name, bait]),
    ...commands.map((name): [string, string] => [`alias.${name}`, `!${bait}`]),
    ['submodule.inner.update', `!${bait}`],
    ['remote.origin.url', `ext::${bait} %S`],
    ['remote.origin.vcs', 'ext'],
    ['remote.origin.promisor', 'true'],
    ['remote.origin.partialCloneFilter', 'blob:none'],
    ['extensions.partialClone', 'origin'],
    ['core.repositoryFormatVersion', '1'],
    ['protocol.allow', 'always'],
    ['protocol.ext.allow', 'always'],
    ['core.fsyncObjectFiles', 'true'],
    ['core.untrackedCache', 'true'],
    ['log.showSignature', 'true'],
    ['color.ui', 'always'],
    ['diff.renames', 'copies'],
    ['diff.noprefix', 'true'],
    ['diff.mnemonicPrefix', 'true'],
    ['core.quotePath', 'true'],
    ['core.abbrev', '4'],
    ['core.attributesFile', '.gitattributes'],
    ['status.submoduleSummary', 'true'],
    ['fetch.recurseSubmodules', 'true'],
    ['lfs.standalonetransferagent', 'bait'],
  ]
}

interface Hostile {
  readonly repo: Repo
  readonly marker: string
  readonly path: string
  readonly tokens: { past: string; staged: string; file: string }
  readonly lost: string
}

function hostile(): Hostile {
  const folder = temporary()
  const [bait, marker] = [join(folder, 'bait'), join(folder, 'ran')]
  program(bait, marker)
  const path = join(folder, 'bin')
  for (const name of programs) program(join(path, name), marker)

  const [repo, inner] = [new Repo(), new Repo()]
  const tokens = { past: randomToken(), staged: randomToken(), file: randomToken() }
  inner.commit({ 'i.txt': 'inner' })
  repo.commit({ 'old.txt': tokens.past, 'lost.txt': 'lost', 'k.bin': 'x' }, 'first')
  const lost = repo.git('rev-parse', 'HEAD:lost.txt')
  repo.git('submodule', '--quiet', 'add', '--name', 'inner', inner.dir, 'inner')
  repo.commit({ 'old.txt': 'gone' })
  repo.git('rm', '-q', 'lost.txt')
  repo.commit({})
  repo.git('worktree', 'add', '-q', '--detach', join(folder, 'tree'))
  repo.stage({
    'new.txt': `a\n${tokens.staged}\n`,
    '.gitattributes': '* diff=bait filter=bait merge=bait\n*.bin filter=lfs\n',
    '.lfsconfig': `[lfs]\n\turl = ext::${bait}\n`,
  })
  write(repo.dir, {
    '.env': `GIT_SSH_COMMAND=${bait}\nGIT_EXTERNAL_DIFF=${bait}\nGIT_PAGER=${bait}\nGIT_DIR=/nowhere\n`,
    'loose.txt': tokens.file,
  })
  // The promised blob is not here: whoever asks for it would have it fetched.
  unlinkSync(join(repo.dir, '.git/objects', lost.slice(0, 2), lost.slice(2)))
  for (const gitFolder of ['.git', '.git/modules/inner']) set(repo, gitFolder, bait)
  return { repo, marker, path: `${path}:${process.env['PATH']}`, tokens, lost }
}

function program(file: string, marker: string): void {
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, `#!/bin/sh\necho "$0 $*" >> '${marker}'\nexit 1\n`)
  chmodSync(file, 0o755)
}

/** Everything a repository can be told to run: in its configuration, in what that includes, as hooks. */
function set(repo: Repo, gitFolder: string, bait: string): void {
  const folder = join(repo.dir, gitFolder)
  const own = join(folder, 'own-hooks')
  for (const name of hooks) {
    for (const place of [own, join(folder, 'hooks')]) {
      mkdirSync(place, { recursive: true })
      writeFileSync(join(place, name), readFileSync(bait))
      chmodSync(join(place, name), 0o755)
    }
  }
  write(folder, { 'info/attributes': '* diff=bait filter=bait merge=bait\n' })
  const config = (file: string, name: string, value: string): string =>
    `[include]\n\tpath = ${file}\n[includeIf "gitdir:/"]\n\tpath = ${file}\n${section(name, value)}`
  const all = baits(bait).map(([name, value]) => section(name, value))
  write(folder, { 'more-config': all.join('') })
  const before = readFileSync(join(folder, 'config'), 'utf8')
  writeFileSync(
    join(folder, 'config'),
    `${before}${all.join('')}${config(join(folder, 'more-config'), 'core.hooksPath', own)}`,
  )
}

function section(name: string, value: string): string {
  const [first, last] = [name.indexOf('.'), name.lastIndexOf('.')]
  const sub = first === last ? '' : ` "${name.slice(first + 1, last)}"`
  return `[${name.slice(0, first)}${sub}]\n\t${name.slice(last + 1)} = "${value}"\n`
}

test('nothing of a hostile repository runs, whatever is scanned, and its keys are found', async () => {
  const { repo, marker, path, tokens, lost } = hostile()
  const env = bareEnvironment({ PATH: path })
  const ran = (): string => (existsSync(marker) ? readFileSync(marker, 'utf8') : '')
  const tables: [string[], string[]][] = [
    [['git'], [tokens.past, tokens.staged]],
    [
      ['git', repo.dir],
      [tokens.past, tokens.staged],
    ],
    [['staged'], [tokens.staged]],
    [['dir'], [tokens.staged, tokens.file]],
  ]
  for (const [args, wanted] of tables) {
    const ended = await endsWithin(20_000, ['scan', ...args, '--report', 'json'], { cwd: repo.dir, env })
    expect(ran()).toBe('')
    expect(ended.code, ended.stderr).toBe(1)
    const { findings, scan } = JSON.parse(ended.stdout) as Report
    expect(findings.map(({ masked }) => masked.slice(6, 10)).sort()).toEqual(
      wanted.map((token) => token.slice(-4)).sort(),
    )
    expect(JSON.stringify(scan.skipped).includes(lost)).toBe(args[0] === 'git')
  }

  // The bait works: an ordinary git takes it, and would have fetched what is lost.
  await Promise.allSettled([async () => repo.git('status')].map((run) => run()))
  expect(ran()).toMatch(/bait/)
  writeFileSync(marker, '')
  await Promise.allSettled([async () => repo.git('cat-file', '-p', lost)].map((run) => run()))
  expect(ran()).toMatch(/bait/)
})

interface Report {
  findings: { masked: string }[]
  scan: { skipped: unknown[] }
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
