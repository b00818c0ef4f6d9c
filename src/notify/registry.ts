import { command } from './command.ts'
import type { Channel, ChannelSpec } from './types.ts'
import { webhook } from './webhook.ts'

const channels = { command, webhook } satisfies {
  [Kind in ChannelSpec['kind']]: Channel<Extract<ChannelSpec, { kind: Kind }>>
}

export function channelFor(spec: ChannelSpec): Channel {
  return channels[spec.kind]
}
