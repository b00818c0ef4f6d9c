import { UsageError } from '../errors.ts'
import { isLoopback } from './loopback.ts'

/** The proxy that HTTPS_PROXY names for this address, unless NO_PROXY exempts it. Loopback is never proxied. */
export function proxyFor(target: URL, env: Readonly<Record<string, string | undefined>>): URL | null {
  const text = env['HTTPS_PROXY'] || env['https_proxy']
  if (!text || target.protocol !== 'https:' || isLoopback(target.hostname)) return null
  if (isExempt(target, env['NO_PROXY'] || env['no_proxy'] || '')) return null
  const spelled = text.includes('://') ? text : `http://${text}`
  if (!URL.canParse(spelled))
    throw new UsageError('HTTPS_PROXY is no URL', 'set it to http://host:port, or add the API to NO_PROXY')
  const proxy = new URL(spelled)
  if (proxy.protocol !== 'http:') {
    throw new UsageError(
      `HTTPS_PROXY is of a kind that is not supported (${proxy.protocol}//)`,
      'set it to http://host:port (the connection through it is encrypted end to end), or add the API to NO_PROXY',
    )
  }
  return proxy
}

/** `*`, `host`, `.suffix` or `suffix`, each with an optional `:port`, as curl takes them. */
function isExempt(target: URL, list: string): boolean {
  const port = target.port || '443'
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const [, name = '', entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
      if (entryPort !== undefined && entryPort !== port) return false
      const suffix = name.replace(/^\*?\./, '')
      return target.hostname === suffix || target.hostname.endsWith(`.${suffix}`)
    })
}
