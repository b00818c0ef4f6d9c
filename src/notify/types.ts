import type { Context } from '../context.ts'

/** A way to tell a person, as the operator's file writes it. */
export type ChannelSpec =
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly directory: string }
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: string }

/** What is sent: words and facts in which no token can be. */
export interface Message {
  readonly incident: string
  readonly subject: string
  readonly text: string
  /** The response result as `respond --report json` prints it. */
  readonly result: unknown
  /** Hash of the journal's last entry: cutting the chain short shows. */
  readonly journalHead: string
}

export type Receipt = { readonly sent: true } | { readonly sent: false; readonly reason: string }

export type ChannelDependencies = Pick<Context, 'spawn' | 'env' | 'clock' | 'signal'> & {
  /** What stands at a locator: the webhook's signing secret, which is no key of ours. */
  readSecret(locator: string): Promise<string>
}

export interface Channel<Spec extends ChannelSpec = ChannelSpec> {
  readonly kind: Spec['kind']
  /** How it is named in the journal and the outbox. */
  name(spec: Spec): string
  send(spec: Spec, message: Message, deduplicationKey: string, deps: ChannelDependencies): Promise<Receipt>
}
