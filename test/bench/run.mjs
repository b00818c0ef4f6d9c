// Whole-process times as ratios against another program in the same run. Prints a table; asserts nothing.
//   npm run bench            everything
//   npm run bench -- hook    the rows whose name holds the word
import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  mkdtempSync,
  openSync,
  closeSync,
  rmSync,
  writeFileSync,
  writeSync,
  readFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const command = join(import.meta.dirname, '../../dist/pplx-warden.js')
const folder = mkdtempSync(join(tmpdir(), 'pplx-warden-bench-'))
const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
const empty = join(folder, 'empty.mjs')
writeFileSync(empty, '')
const [only = ''] = process.argv.slice(2)

const node = (...args) => [process.execPath, ...args]
const shell = (line) => ['sh', '-c', line]
const git = (cwd, ...args) =>
  execFileSync('git', ['-c', 'user.name=B', '-c', 'user.email=b@example.com', ...args], { cwd, env })

function seconds([program, ...args], cwd = folder) {
  const began = performance.now()
  const ended = spawnSync(program, args, { cwd, env, stdio: 'ignore' })
  if (ended.error) throw ended.error
  return (performance.now() - began) / 1000
}

/** Peak resident memory of the largest process of the tree, in MB; null where GNU time is missing. */
function megabytes(line, cwd = folder) {
  const ended = spawnSync('/usr/bin/time', ['-v', ...line], {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  const found = /Maximum resident set size \(kbytes\): (\d+)/.exec(ended.stderr ?? '')
  return found ? Math.round(Number(found[1]) / 1024) : null
}

function row(name, ours, theirs, { runs = 7, cwd = folder, memory = false } = {}) {
  if (!name.includes(only)) return
  seconds(ours, cwd)
  seconds(theirs, cwd)
  const pairs = Array.from({ length: runs }, () => [seconds(ours, cwd), seconds(theirs, cwd)])
  const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
  const [mine, other] = [median(pairs.map(([a]) => a)), median(pairs.map(([, b]) => b))]
  const ratio = median(pairs.map(([a, b]) => a / b))
  const peak = memory ? megabytes(ours, cwd) : null
  console.log(
    `${name.padEnd(54)} ${(mine * 1000).toFixed(0).padStart(7)} ms ${(other * 1000).toFixed(0).padStart(7)} ms  ratio ${ratio.toFixed(2)}${peak === null ? '' : `  peak ${peak} MB`}`,
  )
}

/** What people do: files of a few hundred lines, of which each commit changes some; packed as git packs. */
function editedRepository(commits) {
  const path = join(folder, `edited-${commits}`)
  execFileSync('git', ['init', '-q', '-b', 'main', path], { env })
  let state = 1
  const random = (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
  const words = 'const let return if else for await result options path value entry index of null true'.split(
    ' ',
  )
  const line = () => `  ${Array.from({ length: 3 + random(8) }, () => words[random(words.length)]).join(' ')}`
  const files = Array.from({ length: 200 }, () => Array.from({ length: 300 }, line))
  const stream = []
  const change = (file) => {
    const lines = files[file]
    for (let edit = 0; edit < 3; edit += 1) lines.splice(random(lines.length), random(3), line(), line())
    if (lines.length > 400) lines.length = 300
    const content = `${lines.join('\n')}\n`
    stream.push(`M 100644 inline src/${file % 20}/file-${file}.ts\ndata ${content.length}\n${content}\n`)
  }
  for (let commit = 1; commit <= commits; commit += 1) {
    const message = `change ${commit}`
    stream.push(
      `commit refs/heads/main\ncommitter B <b@example.com> ${1_700_000_000 + commit} +0000\ndata ${message.length}\n${message}\n`,
    )
    if (commit === 1) for (let file = 0; file < files.length; file += 1) change(file)
    else change(random(files.length))
  }
  const input = Buffer.from(stream.join(''))
  execFileSync('git', ['fast-import', '--quiet'], { cwd: path, env, input, maxBuffer: 1 << 30 })
  execFileSync('git', ['repack', '-adfq'], { cwd: path, env })
  return path
}

/** How long a scan takes once all but ten commits is remembered, against the first. */
function incremental(path, shown) {
  const copy = mkdtempSync(join(folder, 'incremental-'))
  execFileSync('git', ['clone', '-q', '--bare', path, copy], { env })
  const scan = () => seconds(node(command, 'scan', 'git', '.'), copy)
  const first = scan()
  const again = Array.from({ length: 5 }, (_, round) => {
    addCommits(copy, `round-${round}`, 10)
    return scan()
  })
  const median = again.toSorted((a, b) => a - b)[2]
  console.log(
    `${`history: ten new commits / first scan, ${shown}`.padEnd(44)} ${(median * 1000).toFixed(0)} ms ${(first * 1000).toFixed(0)} ms  ratio ${(median / first).toFixed(3)}`,
  )
}

function addCommits(path, branch, count) {
  let stream = ''
  for (let commit = 1; commit <= count; commit += 1) {
    const content = `${randomBytes(600).toString('hex')}\n`
    stream += `commit refs/heads/${branch}\ncommitter B <b@example.com> ${1_800_000_000 + commit} +0000\ndata 1\nm\n`
    if (commit === 1) stream += `from HEAD^0\n`
    stream += `M 100644 inline new/${branch}-${commit}.txt\ndata ${content.length}\n${content}\n`
  }
  execFileSync('git', ['fast-import', '--quiet'], { cwd: path, env, input: stream, maxBuffer: 1 << 30 })
}

function objectsIn(path) {
  const counts = execFileSync('git', ['count-objects', '-v'], { cwd: path, env, encoding: 'utf8' })
  return /^in-pack: (\d+)/m.exec(counts)?.[1] ?? '?'
}

function bigLog() {
  const path = join(folder, 'big.log')
  const line =
    '2026-11-01T12:00:00Z INFO request handled path=/api/v1/query status=200 ms=12 ua="Mozilla/5.0 (X11; Linux x86_64)"\n'
  const block = Buffer.from(line.repeat(Math.floor(4_194_304 / line.length)))
  const file = openSync(path, 'w')
  for (let written = 0; written < 1_073_741_824; written += block.length) writeSync(file, block)
  closeSync(file)
  return path
}

function repository(commits) {
  const path = join(folder, `repository-${commits}`)
  execFileSync('git', ['init', '-q', '-b', 'main', path], { env })
  let stream = ''
  for (let commit = 1; commit <= commits; commit += 1) {
    const content = `${randomBytes(600).toString('hex')}\nline ${commit}\n`
    const message = `commit ${commit}`
    stream += `commit refs/heads/main\ncommitter B <b@example.com> ${1_700_000_000 + commit} +0000\ndata ${message.length}\n${message}\nM 100644 inline dir${commit % 50}/file${commit % 700}.txt\ndata ${content.length}\n${content}\n`
  }
  execFileSync('git', ['fast-import', '--quiet'], { cwd: path, env, input: stream, maxBuffer: 1 << 30 })
  return path
}

/** One commit of so many files in a hundredth as many folders, all in one pack. */
function packed(files) {
  const path = join(folder, `packed-${files}`)
  execFileSync('git', ['init', '-q', '-b', 'main', path], { env })
  let stream = 'commit refs/heads/main\ncommitter B <b@example.com> 1700000000 +0000\ndata 3\nall\n'
  for (let file = 0; file < files; file += 1) {
    const content = `file ${file}\n`
    stream += `M 100644 inline src/folder${file % (files / 100)}/file${file}.txt\ndata ${content.length}\n${content}\n`
  }
  execFileSync('git', ['fast-import', '--quiet'], { cwd: path, env, input: stream, maxBuffer: 1 << 30 })
  return path
}

/** Source files of 3 kB in one pack, the trees of three commits that each changed some: deltas, as `git gc` makes them. */
function sourceRepository(files) {
  const path = join(folder, `sources-${files}`)
  execFileSync('git', ['init', '-q', '-b', 'main', path], { env })
  const text = readFileSync(join(import.meta.dirname, 'run.mjs'), 'utf8').slice(0, 3000)
  let stream = ''
  for (let commit = 1; commit <= 3; commit += 1) {
    stream += `commit refs/heads/main\ncommitter B <b@example.com> ${1_700_000_000 + commit} +0000\ndata 1\nm\n`
    for (let file = 0; file < files; file += commit) {
      const content = `${text}// ${file} ${commit}\n`
      stream += `M 100644 inline src/area${file % 20}/file${file}.ts\ndata ${content.length}\n${content}\n`
    }
  }
  execFileSync('git', ['fast-import', '--quiet'], { cwd: path, env, input: stream, maxBuffer: 1 << 30 })
  execFileSync('git', ['repack', '-adfq'], { cwd: path, env })
  return path
}

function stageNew(path) {
  writeFileSync(join(path, 'new.txt'), readFileSync(command))
  git(path, 'add', 'new.txt')
}

function stageEdits(path) {
  git(path, 'checkout', '-q', '-f', 'HEAD')
  for (let file = 0; file < 5; file += 1)
    appendFileSync(join(path, `src/area${file}/file${file}.ts`), '// edited\n')
  git(path, 'add', '.')
}

try {
  console.log(`${'what'.padEnd(54)} ${'ours'.padStart(10)} ${'theirs'.padStart(10)}`)
  row('start: --version / empty Node', node(command, '--version'), node(empty), { runs: 15 })
  for (const { name, make, stage } of [
    { name: 'hook: scan staged', make: () => repository(20), stage: stageNew },
    { name: 'hook: scan staged, 10,000 files', make: () => packed(10_000), stage: stageNew },
    { name: 'hook: scan staged, 5 edits', make: () => sourceRepository(500), stage: stageEdits },
  ]) {
    if (!`${name} / empty Node + git diff, gitleaks`.includes(only)) continue
    const hook = make()
    git(hook, 'read-tree', 'HEAD')
    stage(hook)
    const scan = node(command, 'scan', 'staged')
    const floor = shell(`'${process.execPath}' '${empty}'; git diff --cached --raw >/dev/null`)
    row(`${name} / empty Node + git diff`, scan, floor, { runs: 15, cwd: hook })
    if (spawnSync('gitleaks', ['version']).status === 0) {
      const theirs = ['gitleaks', 'git', '--pre-commit', '--staged', '--no-banner']
      row(`${name} / gitleaks`, scan, theirs, { runs: 15, cwd: hook })
    } else console.log(`${`${name} / gitleaks`.padEnd(54)} left out: gitleaks is not on PATH`)
  }
  if ('history: scan git / git cat-file'.includes(only)) {
    // A repository of one's own: BENCH_REPOSITORY=path npm run bench -- history
    const given = process.env.BENCH_REPOSITORY
    const histories =
      given === undefined
        ? { 'random hex': repository(5000), edits: editedRepository(10_000) }
        : { own: given }
    for (const [name, history] of Object.entries(histories)) {
      const shown = `${name}, ${objectsIn(history)} objects`
      const ours = node(command, 'scan', 'git', '.', '--no-cache')
      for (const order of ['', ' --unordered']) {
        const floor = shell(`git cat-file --batch-all-objects --batch --buffer${order} >/dev/null`)
        const what = `history: scan git / git cat-file${order}, ${shown}`
        row(what, ours, floor, { runs: 5, cwd: history, memory: order === '' })
      }
      incremental(history, shown)
    }
  }
  if ('log: 1 GiB through scan log - / wc -l'.includes(only)) {
    const log = bigLog()
    row(
      'log: 1 GiB through scan log - / wc -l',
      shell(`'${process.execPath}' '${command}' scan log - <'${log}'`),
      shell(`wc -l <'${log}'`),
      { runs: 3 },
    )
    console.log(
      `${'log: peak memory of scan log -'.padEnd(54)} ${megabytes(shell(`exec '${process.execPath}' '${command}' scan log - <'${log}'`))} MB`,
    )
  }
  if ('detect: the detector in memory'.includes(only)) {
    // A process of its own: nothing before it has warmed or filled its heap.
    console.log('\ndetect: the detector in memory')
    spawnSync(process.execPath, [join(import.meta.dirname, 'detect.mjs')], { stdio: 'inherit' })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
