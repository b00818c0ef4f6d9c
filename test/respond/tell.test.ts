import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ChannelSpec } from '../../src/notify/types.ts'
import { exitCodeOf } from '../../src/respond/status.ts'
import { notify } from '../../src/respond/steps/notify.ts'
import { sendWhatIsLeft, tell } from '../../src/respond/tell.ts'
import { open } from '../../src/secret/open.ts'
import { script } from '../consumers/support.ts'
import { temporaryFolder } from '../store/support.ts'
import { leaked, stage } from './stage.ts'

/** Appends each message to `messages`; fails while there is a file named `broken`. */
function channelIn(folder: string, ...words: string[]): ChannelSpec {
  return {
    kind: 'command',
    command: [script(folder, 'tell', 'test -e broken && exit 1; cat >> messages'), ...words],
    directory: folder,
  }
}

const messagesIn = (folder: string): string[] =>
  existsSync(join(folder, 'messages'))
    ? readFileSync(join(folder, 'messages'), 'utf8').trimEnd().split('\n')
    : []

describe("an incident's message", () => {
  it('is sent once a channel and occasion, however often it is run', async () => {
    const folder = temporaryFolder()
    const { run, store } = await stage({ channels: [channelIn(folder, 'one'), channelIn(folder, 'other')] })
    for (let time = 0; time < 3; time += 1) expect((await tell(run, 'started')).failed).toEqual([])
    expect(messagesIn(folder).length, 'two channels through one program').toBe(2)
    await tell(run, 'contained')
    expect(messagesIn(folder).length).toBe(4)
    const keys = messagesIn(folder).map(
      (line) => (JSON.parse(line) as { deduplicationKey: string }).deduplicationKey,
    )
    expect(new Set(keys).size).toBe(4)
    await store.close()
  })

  it('holds no token, though a name or a place did', async () => {
    const folder = temporaryFolder()
    const where = `logs/${open(leaked)}.txt`
    const { run, store } = await stage({
      channels: [channelIn(folder)],
      events: [{ kind: 'occurrences', data: { list: [{ surface: 'log', where }] } }],
    })
    await tell(run, 'started')
    const [message = ''] = messagesIn(folder)
    expect(message).not.toContain(open(leaked).slice(5))
    expect(JSON.parse(message)).toMatchObject({
      incident: run.recorder.state.id,
      journalHead: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    })
    const rows = await store.db.selectFrom('outbox').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(open(leaked).slice(5))
    await store.close()
  })

  it('that failed is sent by the next run, and then no more', async () => {
    const folder = temporaryFolder()
    const broken = script(folder, 'broken', '')
    const { run, store } = await stage({ channels: [channelIn(folder)] })
    expect(await notify.run(run)).toMatchObject({ status: 'failed' })
    expect(run.recorder.state.followUps.map((one) => one.kind)).toEqual(['owner-not-told'])
    expect(run.recorder.state.obligations, 'no duty that keeps the exit code').toEqual([])
    rmSync(broken)
    expect(await notify.run(run)).toMatchObject({ status: 'done' })
    expect(await notify.run(run)).toMatchObject({ status: 'done' })
    expect(messagesIn(folder).length).toBe(1)
    await store.close()
  })

  it('that failed until the incident was closed is sent afterwards', async () => {
    const folder = temporaryFolder()
    const broken = script(folder, 'broken', '')
    const { run, store } = await stage({ channels: [channelIn(folder)] })
    await tell(run, 'contained')
    await sendWhatIsLeft(run.services, run.recorder.state.id)
    expect(messagesIn(folder)).toEqual([])
    rmSync(broken)
    await sendWhatIsLeft(run.services, run.recorder.state.id)
    await sendWhatIsLeft(run.services, run.recorder.state.id)
    expect(messagesIn(folder).length).toBe(1)
    await store.close()
  })

  it('one channel that cannot work at all does not keep the others from it', async () => {
    const folder = temporaryFolder()
    const impossible: ChannelSpec = { kind: 'webhook', url: 'gopher://127.0.0.1/', secret: 'env:HOOK_SECRET' }
    const { run, store } = await stage({ channels: [impossible, channelIn(folder)] })
    const { sent, failed } = await tell(run, 'not-contained')
    expect([sent.length, failed.length, messagesIn(folder).length]).toEqual([1, 1, 1])
    await store.close()
  })

  it('without a channel is a follow-up', async () => {
    const { run, store } = await stage()
    expect(await notify.run(run)).toMatchObject({ status: 'skipped' })
    expect(run.recorder.state.followUps.map((one) => one.kind)).toEqual(['owner-not-told'])
    await store.close()
  })
})

it('a notification that failed changes no exit code; any other failed step does', async () => {
  const codeOf = async (step: 'notify' | 'verify') => {
    const { run, store } = await stage({
      events: [
        { kind: 'step', data: { step, status: 'failed', evidence: '', retryAt: null } },
        { kind: 'step', data: { step: 'close', status: 'done', evidence: '', retryAt: null } },
      ],
    })
    await store.close()
    return exitCodeOf(run.recorder.state)
  }
  expect([await codeOf('notify'), await codeOf('verify')]).toEqual([0, 1])
})
