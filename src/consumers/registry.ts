import type { ConsumerSpec } from '../inventory/types.ts'
import { dotenv } from './dotenv.ts'
import { exec } from './exec.ts'
import { file } from './file.ts'
import type { Consumer } from './types.ts'

const consumers = { dotenv, file, exec } satisfies {
  [Kind in ConsumerSpec['kind']]: Consumer<Extract<ConsumerSpec, { kind: Kind }>>
}

/** The implementation for a consumer of the inventory. */
export function consumerFor(spec: ConsumerSpec): Consumer {
  return consumers[spec.kind]
}
