import { dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Context } from '../context.ts'
import { UsageError, WardenError } from '../errors.ts'
import { type Sandbox, startSandbox } from '../perplexity/sandbox/index.ts'
import type { ResponseResult } from '../respond/result.ts'
import { secretOf } from '../secret/index.ts'
import { open } from '../secret/open.ts'
import { type Running, runToEnd, startProgram } from './children.ts'
import { judgePromises, type Observed } from './promises.ts'
import { leak, makeScene, type Scene, writeInventory } from './scene.ts'

export interface DrillResult {
  readonly promises: ReturnType<typeof judgePromises>
  readonly incident: ResponseResult['incident'] | undefined
  readonly requests: number
  readonly durationMs: number
  /** File of the report that stays. */
  readonly report: string
  readonly folder: string | null
}

export interface DrillOptions {
  readonly keep: boolean
  readonly say: (line: string) => void
  /** Folder of the built programs; by default the one this file was built into. */
  readonly programs?: string
  /** Called when all is set and the application runs, before anything is scanned: a test breaks a promise here. */
  readonly beforeScan?: (scene: Scene, sandbox: Sandbox) => Promise<void>
}

/** The main job on a throwaway repository against the sandbox, with real processes; judges every promise at its end. */
export async function runDrill(context: Context, options: DrillOptions): Promise<DrillResult> {
  const began = context.clock.monotonic()
  await checkGit(context)
  const sandbox = await startSandbox({}, context)
  const scene = makeScene(context, tmpdir())
  const programs = options.programs ?? besideThisFile()
  let application: Running | null = null
  try {
    options.say(`A sandbox API listens on ${sandbox.url}; everything else stands in ${scene.folder}`)
    writeInventory(context, scene, sandbox.firstKey, {
      reload: join(programs, 'drill-reload.js'),
      deploy: join(programs, 'drill-deploy.js'),
    })
    application = await startApplication(context, scene, sandbox, programs)
    options.say(`The key ${sandbox.firstKey.masked} is in use by two applications`)
    await leak(context, scene, sandbox.firstKey)
    options.say('It leaks: into a commit that is deleted again, as base64 into YAML, into a compressed log')
    await options.beforeScan?.(scene, sandbox)
    const observed = await respondToLeak(context, scene, sandbox, application, options)
    const report = join(tmpdir(), `pplx-warden-drill-${observed.incident?.id ?? 'none'}.json`)
    context.fs.writeFileSync(
      report,
      `${JSON.stringify({ incident: observed.incident, promises: judgePromises(observed) }, null, 2)}\n`,
      { mode: 0o600 },
    )
    return {
      promises: judgePromises(observed),
      incident: observed.incident,
      requests: observed.requests.length,
      durationMs: context.clock.monotonic() - began,
      report,
      folder: options.keep ? scene.folder : null,
    }
  } finally {
    await application?.stop()
    await sandbox.close()
    if (!options.keep) context.fs.rmSync(scene.folder, { recursive: true, force: true })
  }
}

/** Before anything is started: the drill's repository is a real one. */
async function checkGit(context: Context): Promise<void> {
  if (!context.fs.existsSync(tmpdir()))
    throw new UsageError(
      `there is no folder for temporary files: ${tmpdir()}`,
      'make it, or set TMPDIR to another',
    )
  try {
    await runToEnd(context, ['git', '--version'], tmpdir(), { PATH: context.env['PATH'] ?? '' })
  } catch (error) {
    throw new UsageError('git was not found', 'install git, or add it to PATH', error)
  }
}

async function respondToLeak(
  context: Context,
  scene: Scene,
  sandbox: Sandbox,
  application: Running,
  { say, programs = besideThisFile() }: DrillOptions,
): Promise<Observed> {
  const run = (args: readonly string[]): ReturnType<typeof runToEnd> =>
    runToEnd(
      context,
      [process.execPath, join(programs, 'pplx-warden.js'), ...args],
      scene.folder,
      environment(context, scene, sandbox),
    )
  const imported = await run(['inventory', 'import', scene.inventoryFile])
  if (context.signal.aborted) throw new WardenError('interrupted; everything was removed', { exitCode: 3 })
  if (imported.code !== 0)
    throw new WardenError(`the drill's inventory was not taken: ${imported.stderr.trim()}`, { exitCode: 1 })
  const command = [
    'scan',
    'git',
    scene.repository,
    '--respond',
    '--yes',
    '--exposure',
    'public',
    '--durable-state',
  ]
  say(`\n$ pplx-warden ${command.join(' ')}`)
  const scanned = await run([...command, '--report', 'json'])
  // The application goes on for a moment with the old key dead: a request that fails now would be our outage.
  await context.clock.sleep(500, context.signal)
  if (application.ended()) throw new WardenError("the drill's application ended by itself", { exitCode: 1 })
  return observe(context, scene, sandbox, {
    scanned,
    outputs: [imported.stdout, imported.stderr, scanned.stdout, scanned.stderr],
  })
}

function observe(
  context: Context,
  scene: Scene,
  sandbox: Sandbox,
  run: { scanned: { code: number; stdout: string }; outputs: readonly string[] },
): Observed {
  const report = parseReport(run.scanned.stdout)
  const lines = context.fs.readFileSync(join(scene.application, 'requests.log'), 'utf8').trimEnd().split('\n')
  const deployed = secretOf(context.fs.readFileSync(join(scene.deployment, 'deployed-key'), 'utf8'))
  return {
    leaked: sandbox.firstKey.fingerprint,
    exitCode: run.scanned.code,
    encodings: report.findings.flatMap((finding) => finding.occurrences.map((one) => one.encodings)),
    incident: report.incidents[0],
    requests: lines.map((line) => {
      const [, status, fingerprint] = line.split(' ')
      return { status: Number(status), fingerprint: fingerprint ?? '' }
    }),
    books: sandbox
      .books()
      .keys.map(({ fingerprint, status }) => ({ fingerprint: fingerprint as string, status })),
    deployed: deployed.fingerprint,
    outputs: run.outputs,
    tokens: [open(sandbox.firstKey), open(deployed)],
  }
}

interface ScanReport {
  readonly findings: readonly { readonly occurrences: readonly { readonly encodings: readonly string[] }[] }[]
  readonly incidents: readonly ResponseResult['incident'][]
}

function parseReport(text: string): ScanReport {
  try {
    const report = JSON.parse(text) as Partial<ScanReport>
    return { findings: report.findings ?? [], incidents: report.incidents ?? [] }
  } catch {
    return { findings: [], incidents: [] } // The promises that need it say what is missing.
  }
}

async function startApplication(
  context: Context,
  scene: Scene,
  sandbox: Sandbox,
  programs: string,
): Promise<Running> {
  const program = [process.execPath, join(programs, 'drill-application.js'), scene.application, sandbox.url]
  const running = startProgram(context, program, scene.application, environment(context, scene, sandbox))
  for (let waited = 0; !context.fs.existsSync(join(scene.application, 'requests.log')); waited += 20) {
    if (running.ended() || waited > 5000)
      throw new WardenError("the drill's application did not start", { exitCode: 1 })
    await context.clock.sleep(20, context.signal)
  }
  return running
}

/** Nothing of the user's own state, configuration or keys reaches the drill. */
function environment(context: Context, scene: Scene, sandbox: Sandbox): Record<string, string> {
  return {
    PATH: context.env['PATH'] ?? '',
    HOME: scene.home,
    PPLX_WARDEN_HOME: join(scene.home, 'state'),
    PPLX_WARDEN_API_URL: sandbox.url,
  }
}

/** Files of the bundle lie beside each other, wherever this one was put. */
function besideThisFile(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  return here.endsWith('chunks') ? dirname(here) : here
}
