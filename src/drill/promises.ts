import type { ResponseResult } from '../respond/result.ts'

/** What the drill saw, as far as its promises are judged by it. */
export interface Observed {
  readonly leaked: string
  readonly exitCode: number
  readonly encodings: readonly (readonly string[])[]
  readonly incident: ResponseResult['incident'] | undefined
  /** Status and fingerprint of each request of the application, in order. */
  readonly requests: readonly { readonly status: number; readonly fingerprint: string }[]
  /** The sandbox's own books: fingerprint and status of every key. */
  readonly books: readonly { readonly fingerprint: string; readonly status: string }[]
  readonly deployed: string
  readonly outputs: readonly string[]
  readonly tokens: readonly string[]
}

/** Every promise by name; what did not hold is a sentence, null is kept. */
export function judgePromises(
  seen: Observed,
): readonly { readonly promise: string; readonly broken: string | null }[] {
  const { incident, requests } = seen
  const replacement = incident?.replacement?.fingerprint
  const wrong = requests.filter((one) => one.status !== 200)
  const has = (encoding: string | null): boolean =>
    seen.encodings.some((list) => (encoding === null ? list.length === 0 : list.includes(encoding)))
  return [
    check(
      'the key is found in a deleted commit, in base64 and in a compressed log',
      [null, 'base64', 'gzip'].every(has),
      `found as ${JSON.stringify(seen.encodings)}`,
    ),
    check('a scan with findings leaves with 1', seen.exitCode === 1, `it left with ${seen.exitCode}`),
    check(
      'one incident, closed with nothing left to do',
      incident?.status === 'closed' && incident.obligations.length === 0,
      `it is ${incident?.status ?? 'missing'}`,
    ),
    check(
      'the leaked key is revoked and proven dead',
      stepDone(incident, 'revoke') && stepDone(incident, 'prove') && liveKeys(seen, seen.leaked) === 0,
      'the sandbox still takes it',
    ),
    check(
      'the replacement is the only other live key',
      replacement !== undefined &&
        seen.books.filter((one) => one.status === 'live').every((one) => one.fingerprint === replacement) &&
        liveKeys(seen, replacement) === 1,
      JSON.stringify(seen.books),
    ),
    check(
      'the application changed to the replacement',
      requests.some((one) => one.fingerprint === seen.leaked) && requests.at(-1)?.fingerprint === replacement,
      'its last request used another key',
    ),
    check(
      'the application never got an error while the key changed',
      requests.length > 0 && wrong.length === 0,
      `${wrong.length} of ${requests.length} requests failed, the first with ${wrong[0]?.status ?? 'none'}`,
    ),
    check(
      'the second application holds the replacement',
      seen.deployed === replacement,
      'it holds another key',
    ),
    check(
      'no key in any output',
      !seen.outputs.some((text) => seen.tokens.some((token) => text.includes(token))),
      'a key was printed',
    ),
  ]
}

function check(
  promise: string,
  kept: boolean,
  otherwise: string,
): { promise: string; broken: string | null } {
  return { promise, broken: kept ? null : otherwise }
}

function stepDone(incident: Observed['incident'], name: string): boolean {
  return incident?.steps.find((one) => one.name === name)?.status === 'done'
}

function liveKeys(seen: Observed, fingerprint: string): number {
  return seen.books.filter((one) => one.fingerprint === fingerprint && one.status === 'live').length
}
