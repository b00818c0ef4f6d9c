import type { IncomingMessage } from 'node:http'
import { isLoopback } from '../loopback.ts'

const bodyCap = 64 * 1024

/**
 * Why a request is not answered: a web page may reach this port under a name of its own that it points at 127.0.0.1
 * (DNS rebinding), or post here from its own origin. null when it comes from this machine's own programs.
 */
export function refusal({ headers }: IncomingMessage): string | null {
  if (!isLoopbackAuthority(`http://${headers.host ?? ''}`))
    return 'the Host header does not name this machine'
  if (headers.origin !== undefined && !isLoopbackAuthority(headers.origin))
    return 'the request comes from a web page'
  return null
}

/** The whole body; null when it is longer than 64 KB. */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyCap) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function isLoopbackAuthority(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname)
}
