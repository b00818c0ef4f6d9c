import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { readOperatorConfig, type OperatorConfig } from '../../config/operator.ts'
import { statePaths, type WritableState, writableState } from '../../config/paths.ts'
import type { Context } from '../../context.ts'
import { UsageError, WardenError } from '../../errors.ts'
import { openKeyRing } from '../../inventory/index.ts'
import { readLocator } from '../../locators/index.ts'
import { createClient } from '../../perplexity/index.ts'
import type { PerplexityClient } from '../../perplexity/types.ts'
import { openEscrow, type Escrow } from '../../respond/escrow.ts'
import { loadPolicy, policyOverrides } from '../../respond/policy.ts'
import type { Point } from '../../respond/points.ts'
import type { Services } from '../../respond/run.ts'
import type { Secret } from '../../secret/index.ts'
import { openStore } from '../../store/index.ts'
import type { Arguments } from '../types.ts'

/** Opens everything a response stands on. The caller closes the store. */
export async function openServices(context: Context, args: Arguments): Promise<Services> {
  const paths = writableState(statePaths(context, { db: args.value('db') }))
  const config = readOperatorConfig(context, paths, { config: args.value('config'), policy: policyOverrides })
  const policy = loadPolicy(config.policy)
  const client = clientOf(context, config)
  const management = await managementKey(context, args, config)
  const store = await openStore(paths.db, context, { create: true })
  return {
    context,
    store,
    client,
    escrow: escrowOf(context, paths, config),
    policy,
    keys: openKeyRing(store, context),
    channels: config.channels,
    management,
    at: (point) => killAt(context, point),
  }
}

/** For a rehearsal: where there is no database yet, none is made; an empty one in a folder of its own takes its place. */
export async function planServices(context: Context, args: Arguments): Promise<Services> {
  const { db } = writableState(statePaths(context, { db: args.value('db') }))
  if (context.fs.existsSync(db)) return await openServices(context, args)
  const folder = context.fs.mkdtempSync(join(tmpdir(), 'pplx-warden-plan-'))
  const elsewhere = {
    ...context,
    env: { ...context.env, PPLX_WARDEN_HOME: folder, PPLX_WARDEN_DB: join(folder, 'warden.db') },
  }
  const services = await openServices(elsewhere, {
    ...args,
    value: (flag) => (flag === 'db' ? undefined : args.value(flag)),
  })
  const { store } = services
  const close = async (): Promise<void> => {
    await store.close()
    context.fs.rmSync(folder, { recursive: true, force: true })
  }
  return { ...services, context, store: { ...store, close } }
}

export function clientOf(context: Context, config: OperatorConfig): PerplexityClient {
  const url = context.env['PPLX_WARDEN_API_URL'] ?? config.api.url ?? 'https://api.perplexity.ai'
  const { probe, contact } = config.api
  const settings = {
    url,
    ...(probe === undefined ? {} : { probes: probe }),
    ...(contact === undefined ? {} : { contact }),
  }
  return createClient(settings, context)
}

export function escrowOf(context: Context, paths: WritableState, config: OperatorConfig): Escrow {
  const folder = join(paths.home, 'escrow')
  const named = context.env['PPLX_WARDEN_ESCROW_IDENTITY'] ?? config.escrow.identity ?? undefined
  if (named?.startsWith('exec:') === true) {
    throw new UsageError(
      'PPLX_WARDEN_ESCROW_IDENTITY: exec: is not built yet in this version',
      'name an identity file',
    )
  }
  const identityFile = named === undefined ? paths.escrowKey : resolve(context.cwd, named)
  if (identityFile === null) {
    throw new UsageError(
      'there is no place for the escrow identity: HOME is not set',
      'set HOME or PPLX_WARDEN_ESCROW_IDENTITY',
    )
  }
  if (dirname(identityFile) === folder) {
    throw new UsageError('the escrow identity may not lie beside what it opens', `move it out of ${folder}`)
  }
  return openEscrow(
    { folder, identityFile, mayCreate: named === undefined, recipients: config.escrow.recipients },
    context,
  )
}

/**
 * Flag, environment, operator's file, in this order. One that was named for this run must be there; any other is read
 * when it is needed, and without it the next authoriser is tried.
 */
export async function managementKey(
  context: Context,
  args: Arguments,
  config: OperatorConfig,
): Promise<() => Promise<Secret | null>> {
  const file = args.value('management-key-file')
  if (file !== undefined) {
    const named = await readLocator(`file:${resolve(context.cwd, file)}`, context)
    return () => Promise.resolve(named)
  }
  const given = (context.env['PPLX_WARDEN_MANAGEMENT_KEY'] ?? '') !== ''
  const locator = given ? 'env:PPLX_WARDEN_MANAGEMENT_KEY' : config.management?.locator
  let secret: Promise<Secret | null> | null = null
  return async () => {
    if (locator === undefined) return null
    secret ??= readLocator(locator, context).catch((error: unknown) => {
      if (!(error instanceof WardenError)) throw error
      context.stderr.write(`pplx-warden: hint: the management key cannot be read: ${error.message}\n`)
      return null
    })
    return await secret
  }
}

/** Tests end the process at a named point; nothing sets this anywhere else. */
function killAt(context: Context, point: Point): void {
  if (context.env['PPLX_WARDEN_TEST_KILL_AT'] === point) process.kill(process.pid, 'SIGKILL')
}
