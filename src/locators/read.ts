import { parseDotenv } from '../consumers/dotenv-file.ts'
import type { FileSystem } from '../context.ts'
import { type Secret, secretOf } from '../secret/index.ts'
import { LocatorError } from './errors.ts'
import { readFromProgram } from './exec.ts'
import { formatLocator, parseLocator } from './parse.ts'
import type { Locator, LocatorDependencies, Reader } from './types.ts'

const readers = {
  env: async ({ name }, { env }) => {
    const value = env[name]
    if (value !== undefined) return value
    throw new LocatorError(
      'missing-variable',
      `the environment variable ${name} is not set`,
      `export ${name} first`,
    )
  },
  file: async ({ path }, { fs }) => readText(path, fs),
  exec: readFromProgram,
  dotenv: async ({ path, variable }, { fs }) => {
    const found = parseDotenv(Buffer.from(readText(path, fs))).findLast((each) => each.name === variable)
    if (found !== undefined) return found.value
    throw new LocatorError(
      'missing-variable',
      `${path}: no variable ${variable}`,
      'is the name spelt as in the file?',
    )
  },
} satisfies { [K in Locator['kind']]: Reader<K> }

/** What stands at a locator, surrounding white space stripped: for secrets that are no keys of ours. */
export async function readLocatorText(locator: Locator | string, deps: LocatorDependencies): Promise<string> {
  const parsed = typeof locator === 'string' ? parseLocator(locator) : locator
  const reader: Reader<Locator['kind']> = readers[parsed.kind] as Reader<Locator['kind']>
  const text = (await reader(parsed, deps)).trim()
  if (text === '') throw new LocatorError('empty', `${placeOf(parsed)}: empty`, 'put the key there')
  return text
}

/**
 * Reads the token, surrounding white space stripped. The caller compares the fingerprint with the one it expects:
 * another value there is not the key.
 */
export async function readLocator(locator: Locator | string, deps: LocatorDependencies): Promise<Secret> {
  const parsed = typeof locator === 'string' ? parseLocator(locator) : locator
  const token = await readLocatorText(parsed, deps)
  if (!/^pplx-[!-~]{8,512}$/.test(token)) {
    throw new LocatorError(
      'not-a-key',
      `${placeOf(parsed)}: what is there is no Perplexity API key`,
      'it must be the key alone',
    )
  }
  return secretOf(token)
}

function placeOf(locator: Locator): string {
  return locator.kind === 'exec' ? locator.argv[0] : formatLocator(locator)
}

const largest = 1024 * 1024

function readText(path: string, fs: FileSystem): string {
  let reason: string
  try {
    const stat = fs.statSync(path)
    if (stat.isFile() && stat.size <= largest) return fs.readFileSync(path, 'utf8')
    reason = stat.isFile() ? 'larger than 1 MiB' : 'not a regular file'
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    reason = code === 'ENOENT' ? 'no such file' : code
    throw new LocatorError(
      'unreadable',
      `${path}: cannot be read (${reason})`,
      'check the path and its permissions',
      error,
    )
  }
  throw new LocatorError('unreadable', `${path}: cannot be read (${reason})`)
}
