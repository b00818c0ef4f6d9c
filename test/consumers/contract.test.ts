import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { consumerFor } from '../../src/consumers/registry.ts'
import type { ConsumerSpec } from '../../src/inventory/types.ts'
import { open } from '../../src/secret/open.ts'
import { type Secret, secretOf } from '../../src/secret/index.ts'
import { temporaryFolder } from '../store/support.ts'
import { randomToken } from '../support.ts'
import { deliveryOver, dependencies, script } from './support.ts'

/** A consumer that holds the old key, and how its holder sees what it holds. */
interface Member {
  readonly kind: ConsumerSpec['kind']
  make(folder: string, old: Secret): ConsumerSpec
  holds(folder: string): string
  put(folder: string, text: string): void
}

const reloaded = 'echo x >> reloads'
const at = (folder: string, name = 'held'): string => join(folder, name)
const members: readonly Member[] = [
  {
    kind: 'dotenv',
    make(folder, old) {
      writeFileSync(at(folder), `# main\nA=1\nKEY="${open(old)}" # now\n`, { mode: 0o640 })
      return {
        kind: 'dotenv',
        path: at(folder),
        variable: 'KEY',
        reload: [script(folder, 'reload', reloaded)],
        directory: folder,
      }
    },
    holds: (folder) => /KEY="(.*)"/.exec(readFileSync(at(folder), 'utf8'))?.[1] ?? '',
    put: (folder, text) => writeFileSync(at(folder), `KEY="${text}"\n`),
  },
  {
    kind: 'file',
    make(folder, old) {
      writeFileSync(at(folder), `${open(old)}\n`, { mode: 0o640 })
      return {
        kind: 'file',
        path: at(folder),
        reload: [script(folder, 'reload', reloaded)],
        directory: folder,
      }
    },
    holds: (folder) => readFileSync(at(folder), 'utf8').trim(),
    put: (folder, text) => writeFileSync(at(folder), text),
  },
  {
    kind: 'exec',
    make(folder, old) {
      writeFileSync(at(folder), open(old))
      const confirm = 'test "sha256:$(sha256sum < held | cut -d" " -f1)" = "$1"'
      return {
        kind: 'exec',
        deliver: [script(folder, 'deliver', 'cat > held; printf %s "$*" > arguments')],
        reload: [script(folder, 'reload', reloaded)],
        confirm: [script(folder, 'confirm', confirm)],
        directory: folder,
      }
    },
    holds: (folder) => readFileSync(at(folder), 'utf8'),
    put: (folder, text) => writeFileSync(at(folder), text),
  },
]

function setUp(member: Member) {
  const folder = temporaryFolder()
  const old = secretOf(randomToken())
  const fresh = secretOf(randomToken())
  const spec = member.make(folder, old)
  return {
    folder,
    old,
    fresh,
    spec,
    consumer: consumerFor(spec),
    deps: dependencies(),
    delivery: deliveryOver(old.fingerprint),
  }
}

describe.each(members)('a consumer of kind $kind', (member) => {
  it('passes preflight any number of times and changes nothing', async () => {
    const { folder, old, spec, consumer, deps } = setUp(member)
    for (let time = 0; time < 2; time += 1)
      expect(await consumer.preflight(spec, old.fingerprint, deps)).toMatchObject({ result: 'ok' })
    expect(member.holds(folder)).toBe(open(old))
    expect(existsSync(at(folder, 'reloads'))).toBe(false)
  })

  it('takes the key, again and again, and is confirmed when it has reloaded', async () => {
    const { folder, fresh, spec, consumer, deps, delivery } = setUp(member)
    for (let time = 0; time < 2; time += 1) {
      expect(await consumer.deliver(spec, fresh, delivery, deps)).toMatchObject({ result: 'ok' })
      expect(await consumer.reload(spec, deps)).toMatchObject({ result: 'ok' })
      expect(await consumer.confirm(spec, fresh.fingerprint, true, deps)).toMatchObject({ result: 'ok' })
    }
    expect(member.holds(folder), 'exactly the bytes').toBe(open(fresh))
    expect(readFileSync(at(folder, 'reloads'), 'utf8')).toBe('x\nx\n')
  })

  it('is not confirmed for a key that it does not hold', async () => {
    const { old, fresh, spec, consumer, deps, delivery } = setUp(member)
    expect(await consumer.confirm(spec, fresh.fingerprint, true, deps)).toMatchObject({ result: 'failed' })
    await consumer.deliver(spec, fresh, delivery, deps)
    expect(await consumer.confirm(spec, old.fingerprint, true, deps)).toMatchObject({ result: 'failed' })
  })

  it('goes back to the old key, again and again', async () => {
    const { folder, old, fresh, spec, consumer, deps, delivery } = setUp(member)
    await consumer.deliver(spec, fresh, delivery, deps)
    for (let time = 0; time < 2; time += 1) {
      expect(await consumer.rollBack(spec, old, fresh.fingerprint, delivery, deps)).toMatchObject({
        result: 'ok',
      })
      expect(member.holds(folder)).toBe(open(old))
    }
  })

  it('says in words that hold no token what it saw', async () => {
    const { folder, old, fresh, spec, consumer, deps, delivery } = setUp(member)
    member.put(folder, 'neither')
    const said = [
      await consumer.preflight(spec, old.fingerprint, deps),
      await consumer.deliver(spec, fresh, delivery, deps),
      await consumer.confirm(spec, fresh.fingerprint, true, deps),
      await consumer.rollBack(spec, old, fresh.fingerprint, delivery, deps),
    ]
    for (const { text } of said) {
      expect(text).not.toBe('')
      for (const secret of [old, fresh]) expect(text).not.toContain(open(secret).slice(5))
    }
    expect(consumer.target(spec)).not.toBe('')
  })

  it('fails preflight when a program of its own is missing or may not be run', async () => {
    const { folder, old, spec, consumer, deps } = setUp(member)
    chmodSync(at(folder, 'reload'), 0o644)
    const evidence = await consumer.preflight(spec, old.fingerprint, deps)
    expect(evidence).toMatchObject({ result: 'failed' })
    expect(evidence.text).toContain('reload: ')
    const confirm = { ...spec, confirm: [at(folder, 'gone')] } as ConsumerSpec
    chmodSync(at(folder, 'reload'), 0o755)
    expect((await consumer.preflight(confirm, old.fingerprint, deps)).text).toContain('confirm: ')
  })

  it('is failed, not confirmed, when its program says no', async () => {
    const { folder, fresh, spec, consumer, deps, delivery } = setUp(member)
    script(folder, 'reload', 'exit 3')
    await consumer.deliver(spec, fresh, delivery, deps)
    const evidence = await consumer.reload(spec, deps)
    expect(evidence).toMatchObject({ result: 'failed' })
    expect(evidence?.text).toContain('exited 3')
    const no = { ...spec, confirm: [script(folder, 'no', 'exit 4')] } as ConsumerSpec
    expect(await consumer.confirm(no, fresh.fingerprint, true, deps)).toMatchObject({ result: 'failed' })
  })

  it('hands the fingerprint to confirm as its last argument, and nothing to reload', async () => {
    const { folder, fresh, spec, consumer, deps, delivery } = setUp(member)
    const asked = {
      ...spec,
      reload: [script(folder, 'reload', 'printf "%s" "$#" > reload-arguments')],
      confirm: [script(folder, 'ask', 'printf "%s|" "$@" > confirm-arguments'), 'own word'],
    } as ConsumerSpec
    await consumer.deliver(asked, fresh, delivery, deps)
    await consumer.reload(asked, deps)
    await consumer.confirm(asked, fresh.fingerprint, true, deps)
    expect(readFileSync(at(folder, 'reload-arguments'), 'utf8')).toBe('0')
    expect(readFileSync(at(folder, 'confirm-arguments'), 'utf8')).toBe(`own word|${fresh.fingerprint}|`)
  })
})

describe.each(members.filter((one) => one.kind !== 'exec'))('a file of kind $kind', (member) => {
  it('that holds another value is left to a person', async () => {
    const { folder, old, fresh, spec, consumer, deps, delivery } = setUp(member)
    member.put(folder, 'changed-by-somebody')
    const before = readFileSync(at(folder))
    expect(await consumer.preflight(spec, old.fingerprint, deps)).toMatchObject({ result: 'manual' })
    expect(await consumer.deliver(spec, fresh, delivery, deps)).toMatchObject({ result: 'manual' })
    expect(await consumer.rollBack(spec, old, fresh.fingerprint, delivery, deps)).toMatchObject({
      result: 'manual',
    })
    expect(readFileSync(at(folder)).equals(before)).toBe(true)
    expect(delivery.siblings, 'no sibling was even announced').toEqual([])
  })

  it('that is written already is not written again', async () => {
    const { folder, fresh, spec, consumer, deps, delivery } = setUp(member)
    await consumer.deliver(spec, fresh, delivery, deps)
    const { ino } = statSync(at(folder))
    await consumer.deliver(spec, fresh, delivery, deps)
    expect(statSync(at(folder)).ino).toBe(ino)
    expect(delivery.siblings.length).toBe(1)
    expect(existsSync(delivery.siblings[0] ?? '')).toBe(false)
  })

  it('whose reload has not been run is not confirmed by being read', async () => {
    const { fresh, spec, consumer, deps, delivery } = setUp(member)
    await consumer.deliver(spec, fresh, delivery, deps)
    expect(await consumer.confirm(spec, fresh.fingerprint, false, deps)).toMatchObject({ result: 'failed' })
    const { reload: _, ...bare } = spec
    expect(await consumer.confirm(bare, fresh.fingerprint, false, deps)).toMatchObject({
      result: 'ok',
      level: 'read back',
    })
    expect((await consumer.confirm(bare, fresh.fingerprint, false, deps)).text).toContain(
      'may still hold the old key',
    )
  })

  it('is read, and read as nothing when it is gone', async () => {
    const { folder, old, spec, consumer, deps } = setUp(member)
    expect((await consumer.read?.(spec, deps))?.fingerprint).toBe(old.fingerprint)
    expect(await consumer.read?.({ ...spec, path: at(folder, 'gone') } as ConsumerSpec, deps)).toBeNull()
  })
})
