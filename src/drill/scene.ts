import { gzipSync } from 'node:zlib'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { porcelain } from '../sources/git/porcelain.ts'
import { open } from '../secret/open.ts'
import type { Secret } from '../secret/index.ts'

/** Everything of a drill stands in one folder that is removed at its end. */
export interface Scene {
  readonly folder: string
  readonly repository: string
  readonly application: string
  readonly deployment: string
  readonly inventoryFile: string
  /** State, configuration and HOME of the commands that the drill runs. */
  readonly home: string
}

export function makeScene(context: Context, parent: string): Scene {
  const folder = context.fs.mkdtempSync(join(parent, 'pplx-warden-drill-'))
  const scene = {
    folder,
    repository: join(folder, 'repository'),
    application: join(folder, 'application'),
    deployment: join(folder, 'deployment'),
    inventoryFile: join(folder, 'inventory.yaml'),
    home: join(folder, 'home'),
  }
  for (const path of [scene.repository, scene.application, scene.deployment, scene.home])
    context.fs.mkdirSync(path, { mode: 0o700 })
  return scene
}

/** The same key three ways: in a commit that is deleted again, as base64 in YAML, in a compressed log. */
export async function leak(context: Context, scene: Scene, secret: Secret): Promise<void> {
  const { fs } = context
  const write = (name: string, content: string | Uint8Array): void => {
    fs.mkdirSync(join(scene.repository, name, '..'), { recursive: true })
    fs.writeFileSync(join(scene.repository, name), content)
  }
  const git = porcelain(context, scene.repository, [
    'user.name=Drill',
    'user.email=drill@example.com',
    'commit.gpgsign=false',
    'init.defaultBranch=main',
  ])
  await git.init()
  const commit = async (message: string): Promise<void> => {
    await git.add(['--all', '--force'])
    await git.commit(message)
  }
  const token = open(secret)
  write('README.md', '# A search page\n')
  write('config/settings.py', `TIMEOUT = 30\nAPI_KEY = "${token}"\n`)
  await commit('Ask the API')
  write('config/settings.py', 'import os\n\nTIMEOUT = 30\nAPI_KEY = os.environ["PERPLEXITY_API_KEY"]\n')
  await commit('Read the key from the environment')
  const encoded = Buffer.from(`key=${token}\n`).toString('base64')
  write(
    'deploy/secret.yaml',
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: search\ndata:\n  settings: ${encoded}\n`,
  )
  const log = Array.from(
    { length: 200 },
    (_, line) => `2026-01-01T00:00:${String(line % 60).padStart(2, '0')}Z INFO request ${line} done`,
  )
  log.splice(120, 0, `2026-01-01T00:02:00Z DEBUG headers: {"authorization": "Bearer ${token}"}`)
  write('logs/app.log.gz', gzipSync(`${log.join('\n')}\n`))
  await commit('Deployment and a log to look into')
}

/** Two applications use the key: one through its env file, one through a program. Paths are relative to the file. */
export function writeInventory(
  context: Context,
  scene: Scene,
  secret: Secret,
  programs: { reload: string; deploy: string },
): void {
  const node = JSON.stringify(process.execPath)
  const { fs } = context
  fs.writeFileSync(
    join(scene.application, '.env'),
    `# settings of the search page\nPORT=8080\nPERPLEXITY_API_KEY="${open(secret)}"\nLOG_LEVEL=info\n`,
    { mode: 0o640 },
  )
  fs.writeFileSync(join(scene.deployment, 'deployed-key'), open(secret), { mode: 0o600 })
  fs.writeFileSync(
    scene.inventoryFile,
    [
      'keys:',
      '  - name: Production-Search',
      '    token: dotenv:application/.env:PERPLEXITY_API_KEY',
      '    environment: production',
      '    purpose: Answers on the search page',
      '    owners: [{ name: Search team, email: search@example.com }]',
      '    rotateEveryDays: 90',
      '    consumers:',
      `      - { kind: dotenv, path: application/.env, variable: PERPLEXITY_API_KEY, reload: [${node}, ${JSON.stringify(programs.reload)}, application] }`,
      `      - { kind: exec, deliver: [${node}, ${JSON.stringify(programs.deploy)}, deliver, deployment], confirm: [${node}, ${JSON.stringify(programs.deploy)}, confirm, deployment] }`,
      '',
    ].join('\n'),
  )
}
