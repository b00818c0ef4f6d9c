import { createHash } from 'node:crypto'
import { redactText } from '../detect/index.ts'
import { readLocatorText } from '../locators/index.ts'
import { channelFor } from '../notify/registry.ts'
import type { ChannelSpec, Message, Receipt } from '../notify/types.ts'
import { readJournal } from '../store/journal.ts'
import type { OutboxRow } from '../store/schema.ts'
import { canonicalJson } from '../store/journal.ts'
import { enqueue, recordSending, unsent } from '../store/outbox.ts'
import { loadPlaybook } from './playbook.ts'
import { resultOf } from './result.ts'
import type { Run, Services } from './run.ts'
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
    const name = channelFor(spec).name(spec)
    const key = `${state.id}/${occasion}/${placeOf(spec)}`
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
    const receipt = await sendRow(run.services, spec, row)
    if (receipt.sent) sent.push(name)
    else failed.push(`${name}: ${receipt.reason}`)
  }
  return { sent, failed }
}

/** What was not sent before the incident was closed, on a later run. */
export async function sendWhatIsLeft(services: Services, incident: string): Promise<void> {
  for (const row of await unsent(services.store.db, incident)) {
    const spec = services.channels.find((one) => row.dedup_key.endsWith(`/${placeOf(one)}`))
    if (spec !== undefined) await sendRow(services, spec, row)
  }
}

/** Two channels may go to one host or through one program: the whole of what is configured tells them apart. */
function placeOf(spec: ChannelSpec): string {
  const digest = createHash('sha256').update(canonicalJson(spec)).digest('hex')
  return `${spec.kind}-${digest.slice(0, 12)}`
}

async function sendRow({ context, store }: Services, spec: ChannelSpec, row: OutboxRow): Promise<Receipt> {
  let receipt: Receipt
  try {
    receipt = await channelFor(spec).send(spec, JSON.parse(row.message) as Message, row.dedup_key, {
      ...context,
      readSecret: (locator) => readLocatorText(locator, context),
    })
  } catch (error) {
    receipt = { sent: false, reason: error instanceof Error ? error.message : 'could not be sent' }
  }
  await recordSending(store.db, row.dedup_key, {
    status: receipt.sent ? 'sent' : 'failed',
    attempts: row.attempts + 1,
    last_error: receipt.sent ? null : receipt.reason,
    next_at: new Date(context.clock.now()).toISOString(),
  })
  return receipt
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
