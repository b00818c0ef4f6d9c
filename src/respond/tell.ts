import { redactText } from '../detect/index.ts'
import { readLocatorText } from '../locators/index.ts'
import { channelFor } from '../notify/registry.ts'
import type { Message } from '../notify/types.ts'
import { readJournal } from '../store/journal.ts'
import { enqueue, recordSending } from '../store/outbox.ts'
import { loadPlaybook } from './playbook.ts'
import { resultOf } from './result.ts'
import type { Run } from './run.ts'
import { statusOf } from './status.ts'

/** Messages of one incident; each is sent once a channel. */
export type Occasion = 'started' | 'contained' | 'not-contained'

/** Through the outbox, so that a message is neither lost nor sent twice. A failing channel never stops anything else. */
export async function tell(run: Run, occasion: Occasion): Promise<{ sent: string[]; failed: string[] }> {
  const { channels, context, store } = run.services
  const { state } = run.recorder
  const sent: string[] = []
  const failed: string[] = []
  const message = await messageFor(run, occasion)
  for (const spec of channels) {
    const channel = channelFor(spec)
    const name = channel.name(spec)
    const key = `${state.id}/${occasion}/${name}`
    const at = new Date(context.clock.now()).toISOString()
    const text = redactText(JSON.stringify(message))
    const row = await enqueue(store.db, {
      incident_id: state.id,
      channel: name,
      dedup_key: key,
      message: text,
      next_at: at,
    })
    if (row.status === 'sent') {
      sent.push(name)
      continue
    }
    const receipt = await channel.send(spec, JSON.parse(row.message) as Message, key, {
      ...context,
      readSecret: (locator) => readLocatorText(locator, context),
    })
    await recordSending(store.db, key, {
      status: receipt.sent ? 'sent' : 'failed',
      attempts: row.attempts + 1,
      last_error: receipt.sent ? null : receipt.reason,
      next_at: at,
    })
    if (receipt.sent) sent.push(name)
    else failed.push(`${name}: ${receipt.reason}`)
  }
  return { sent, failed }
}

async function messageFor(run: Run, occasion: Occasion): Promise<Message> {
  const { state } = run.recorder
  const journal = await readJournal(run.services.store.db, state.id)
  const subject = `[pplx-warden] ${state.keyName}: leaked key ${headline[occasion]} (${state.id})`
  const todo = state.obligations.map((one) => `- ${one.detail}`)
  const text = [
    `The key ${state.keyName} (${state.masked}) leaked. Exposure: ${state.exposure} (${state.exposureReason}).`,
    ...state.occurrences.slice(0, 5).map((one) => `Found: ${one.surface} ${one.where}`),
    `Status: ${statusOf(state)}${state.deadline === null ? '' : `; it is revoked at ${state.deadline} at the latest`}.`,
    ...(todo.length === 0 ? ['Nothing is left to do.'] : ['Still to do:', ...todo]),
    `More: pplx-warden incident show ${state.id}`,
  ].join('\n')
  return {
    incident: state.id,
    subject,
    text,
    result: resultOf(state, loadPlaybook(state.playbook)),
    journalHead: journal.at(-1)?.hash ?? '',
  }
}

const headline: Readonly<Record<Occasion, string>> = {
  started: 'is being replaced and revoked',
  contained: 'is revoked and proven dead',
  'not-contained': 'is NOT contained, somebody has to act',
}
