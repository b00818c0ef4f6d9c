import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { flagsOf, parseArguments } from '../../src/cli/arguments.ts'
import { groups } from '../../src/cli/commands.ts'
import { commandHelp, groupHelp, overview } from '../../src/cli/help.ts'
import { UsageError } from '../../src/errors.ts'
import { command, type Ended } from '../respond/world.ts'

const home = mkdtempSync(join(tmpdir(), 'pplx-warden-test-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const loads = groups.flatMap((group) => Object.entries(group.commands))

function warden(...args: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home }
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [command, ...args],
      { cwd: home, env },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
    )
    child.stdin?.end()
  })
}

function expectFits(text: string): void {
  expect(text.endsWith('\n') && !text.endsWith('\n\n'), 'ends with one newline').toBe(true)
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
}

describe('help', () => {
  test.for(loads)('of %s names every flag and fits 80 columns', async ([name, load]) => {
    const loaded = await load()
    expect(loaded.name).toBe(name)
    const text = commandHelp(loaded)
    expectFits(text)
    for (const flag of flagsOf(loaded)) expect(text).toContain(`--${flag.name}`)
  })

  test('of all, and of a group, names every command and fits 80 columns', async () => {
    const all = await overview(groups)
    expectFits(all)
    for (const [name] of loads) expect(all).toContain(`  ${name} `)
    expect(all.split('\n').slice(0, 4).join('\n'), 'for the person who has just leaked a key').toContain(
      'pplx-warden respond',
    )
    expectFits(
      await groupHelp(
        'inventory',
        loads.filter(([name]) => name.startsWith('inventory ')).map(([, load]) => load),
      ),
    )
  })
})

describe.concurrent('the built command', () => {
  test('says its version, with -V too', async () => {
    const [long, short] = await Promise.all([warden('--version'), warden('-V')])
    expect(long).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^pplx-warden \d+\.\d+\.\d+\n$/),
      stderr: '',
    })
    expect(short).toEqual(long)
  })

  test.for([['--help'], ['-h'], ['help']])('%s helps on standard output', async (args) => {
    expect(await warden(...args)).toMatchObject({ code: 0, stdout: await overview(groups), stderr: '' })
  })

  test('without a command helps on standard error, with 2', async () => {
    expect(await warden()).toMatchObject({ code: 2, stdout: '', stderr: await overview(groups) })
  })

  test('a group without a command lists its commands: 2; with --help 0', async () => {
    const [bare, asked] = await Promise.all([warden('incident'), warden('incident', '--help')])
    expect(bare).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('incident approve') })
    expect(asked).toMatchObject({ code: 0, stdout: bare.stderr, stderr: '' })
  })

  test('COMMAND --help, COMMAND -h and help COMMAND are the same', async () => {
    const all = await Promise.all([
      warden('scan', 'git', '--help'),
      warden('scan', 'git', '-h'),
      warden('help', 'scan', 'git'),
    ])
    for (const ended of all) {
      expect(ended).toMatchObject({ code: 0, stderr: '' })
      expect(ended.stdout).toContain('Usage: pplx-warden scan git')
    }
  })
})

describe('words', () => {
  const wrong = async (name: string, ...argv: string[]): Promise<string> => {
    const loaded = await loads.find(([each]) => each === name)?.[1]()
    if (loaded === undefined) throw new Error(name)
    try {
      parseArguments(loaded, argv)
    } catch (error) {
      if (error instanceof UsageError) return `${error.message}; ${error.hint ?? ''}`
    }
    throw new Error('nothing was refused')
  }

  test('an unknown flag names the nearest one', async () => {
    expect(await wrong('scan dir', '--repot', 'json')).toBe(
      'unknown flag --repot for scan dir; did you mean --report?',
    )
    expect(await wrong('respond', '--dryrun')).toBe(
      'unknown flag --dryrun for respond; did you mean --dry-run?',
    )
    expect(await wrong('respond', '-x')).toContain('pplx-warden respond --help')
  })

  test('a value that is missing, or one too many', async () => {
    expect(await wrong('scan dir', '--db')).toContain('--db needs a value')
    expect(await wrong('scan dir', '--db', '--quiet')).toContain('--db needs a value')
    expect(await wrong('scan dir', '--quiet=yes')).toContain('--quiet')
  })

  test('-c, -q, -o and -j are what people expect; --dry-run is --plan; after -- come operands', async () => {
    const scan = await loads.find(([name]) => name === 'scan dir')?.[1]()
    const respond = await loads.find(([name]) => name === 'respond')?.[1]()
    if (scan === undefined || respond === undefined) throw new Error('missing')
    const args = parseArguments(scan, ['-c', 'a.yaml', '-q', '-o', 'out.txt', '-j', '2', '--', '-x'])
    expect(['config', 'output', 'jobs'].map((name) => args.value(name))).toEqual(['a.yaml', 'out.txt', '2'])
    expect(args.has('quiet')).toBe(true)
    expect(args.operands).toEqual(['-x'])
    expect(parseArguments(respond, ['--dry-run']).has('plan')).toBe(true)
  })
})
