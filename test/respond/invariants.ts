import { expect } from 'vitest'
import { parseDotenv } from '../../src/consumers/dotenv-file.ts'
import { readFileSync } from 'node:fs'
import { filesBelow, type Incident, type World } from './world.ts'

/** What must be true after anything that happened, judged by the sandbox's own books (RESPONSE.md, How it is proven). */
export async function checkInvariants(world: World, incident: Incident): Promise<void> {
  const books = world.sandbox.books().keys
  const live = books.filter((key) => key.status === 'live')
  const known = new Set<string | null>((await world.keys()).map((key) => key.fingerprint))
  const orphans = incident.obligations.filter((one) => one.kind === 'possible-orphan')
  const lost = live.filter((key) => !known.has(key.fingerprint))
  for (const key of lost) {
    expect(
      orphans.map((one) => one.subject),
      `a live key ${key.tokenName ?? ''} that nobody knows must be declared`,
    ).toContain(key.tokenName)
  }
  const leaked = books.find((key) => key.fingerprint === world.fingerprint)
  if (leaked?.status === 'live') {
    expect(
      incident.obligations.map((one) => one.kind),
      'the duty to revoke is listed',
    ).toContain('leaked-key-alive')
  } else {
    const current = parseDotenv(readFileSync(world.envFile)).find(
      (one) => one.name === 'PERPLEXITY_API_KEY',
    )?.value
    expect(current, 'no application was left with the revoked key').not.toBe(world.token)
  }
  const issued = books.filter((key) => key.fingerprint !== world.fingerprint)
  const adopted = issued.filter((key) => known.has(key.fingerprint))
  expect(adopted.length, 'at most one replacement is taken into use').toBeLessThanOrEqual(1)
  expect(issued.length - adopted.length, 'every further key is a declared orphan').toBeLessThanOrEqual(
    orphans.length,
  )
}

/** No token in any file but the consumers' own, in any output, in any argument list. */
export function checkNoToken(world: World, tokens: readonly string[]): void {
  const bodies = tokens.flatMap((token) => [token, token.slice(5)])
  const holds = (text: string): boolean => bodies.some((body) => text.includes(body))
  const mayHold = new Set([world.envFile, `${world.folder}/delivered-key`])
  for (const { path, bytes } of filesBelow(world.folder)) {
    if (!mayHold.has(path)) expect(holds(bytes.toString('latin1')), `${path} holds a token`).toBe(false)
  }
  for (const output of world.outputs) expect(holds(output), 'an output holds a token').toBe(false)
}
