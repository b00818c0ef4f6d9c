import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { check } from './check.ts'
import { readYaml, type YamlFile } from './document.ts'
import { ConfigError } from './errors.ts'
import { type FilePlace, locatorType } from './locator.ts'
import { programType } from './program.ts'
import { refuseTokensIn } from './tokens.ts'
import type { StatePaths } from './paths.ts'

/** The operator's file, version 1: never read from the scanned tree. */
export interface OperatorConfig {
  /** null when there is no file and these are the defaults. */
  readonly path: string | null
  readonly management: { readonly locator: string } | null
  readonly api: {
    readonly url?: string | undefined
    /** Mail address or page of whoever runs this: goes into the User-Agent. */
    readonly contact?: string | undefined
    readonly probe?: readonly Probe[] | undefined
  }
  /** `identity`: absolute path of an age identity. */
  readonly escrow: { readonly identity: string | null; readonly recipients: readonly string[] }
  /** Overrides of `rules/policy.yaml`, as the policy's own schema gives them. */
  readonly policy: Readonly<Record<string, unknown>>
  readonly channels: readonly ChannelConfig[]
  readonly scan: { readonly exclude: readonly string[] }
}

export type ChannelConfig =
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly directory: string }
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: string }

interface Probe {
  readonly path: string
  readonly body: unknown
  readonly paidBody: unknown
}

/** Names of the design whose features come later: refused, so that nobody relies on them. */
const notBuilt = ['inventory', 'inventorySigners', 'playbook', 'usageSources', 'trustedPrograms']

/**
 * `--config`, else PPLX_WARDEN_CONFIG, else config.yaml in the configuration folder, which may be missing. `policy` is
 * the schema of the overrides, given by whoever understands them.
 */
export function readOperatorConfig(
  context: Pick<Context, 'env' | 'cwd' | 'fs'>,
  paths: StatePaths,
  options: {
    readonly config?: string | undefined
    readonly policy?: z.ZodType<Record<string, unknown>>
  } = {},
): OperatorConfig {
  const named = options.config ?? (context.env['PPLX_WARDEN_CONFIG'] || undefined)
  const path = named === undefined ? paths.configFile : resolve(context.cwd, named)
  if (path === null || (named === undefined && !context.fs.existsSync(path))) return defaults
  const file = readYaml(path, 'configuration', context.fs)
  refuseWhatIsNotBuilt(file)
  if (file.value === null) return { ...defaults, path }
  const place = { directory: dirname(path), env: context.env, fs: context.fs }
  const { version: _, ...read } = check(operatorSchema(place, options.policy), file)
  refuseTokensIn(file)
  return { ...defaults, ...read, path }
}

const defaults: OperatorConfig = {
  path: null,
  management: null,
  api: {},
  escrow: { identity: null, recipients: [] },
  policy: {},
  channels: [],
  scan: { exclude: [] },
}

function refuseWhatIsNotBuilt(file: YamlFile): void {
  if (typeof file.value !== 'object' || file.value === null) return
  const name = Object.keys(file.value).find((each) => notBuilt.includes(each))
  if (name === undefined) return
  const message = `${file.placeOfName([], name)}: ${name} is not built yet in this version`
  throw new ConfigError('not-built', message, 'take it out: it would have no effect')
}

function operatorSchema(place: FilePlace, policy: z.ZodType<Record<string, unknown>> | undefined) {
  const locator = locatorType(place)
  return z.strictObject({
    version: z.literal(1).default(1),
    management: z.strictObject({ locator }).optional().transform(orNull),
    api: z
      .strictObject({
        url: serviceUrl.optional(),
        contact: z
          .string()
          .regex(/^[ -~]{1,100}$/, 'must be a mail address or a page')
          .optional(),
        probe: z.array(probe).min(1).optional(),
      })
      .default({}),
    escrow: z
      .strictObject({
        identity: z
          .string()
          .min(1)
          .refine((text) => !text.startsWith('exec:'), 'exec: is not built yet in this version; name a file')
          .transform((path) => resolve(place.directory, path))
          .nullable()
          .default(null),
        recipients: z.array(recipient).default([]),
      })
      .default(defaults.escrow as { identity: null; recipients: [] }),
    policy: (policy ?? z.record(z.string(), z.unknown())).default({}),
    channels: z.array(channel(place, locator)).default([]),
    scan: z.strictObject({ exclude: z.array(z.string().min(1)).default([]) }).default({ exclude: [] }),
  })
}

function orNull<T>(value: T | undefined): T | null {
  return value ?? null
}

/** https, or plain http to this machine; a user name or password in it would end up in logs. */
const serviceUrl = z
  .string()
  .refine(isServiceUrl, 'must be an https:// URL without credentials (http:// only to loopback)')

function isServiceUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
  return username === '' && password === '' && (protocol === 'https:' || (protocol === 'http:' && loopback))
}

const probe = z.strictObject({
  path: z.string().regex(/^\//, 'must begin with /'),
  body: z.json(),
  paidBody: z.json(),
})

const recipient = z.string().regex(/^age1[02-9ac-hj-np-z]{6,}$/, 'must be an age recipient: age1…')

function channel(place: FilePlace, locator: z.ZodType<string>) {
  return z.discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('command'), command: programType(place) })
      .transform((each) => ({ ...each, directory: place.directory })),
    z.strictObject({
      kind: z.literal('webhook'),
      url: serviceUrl,
      secret: locator,
    }),
  ])
}
