// Log lines as services write them: JSON of an application, access logs of a proxy, here and there a stack trace.
import { chooser } from './random.mjs'

const levels = ['debug', 'info', 'info', 'info', 'info', 'warn', 'error']
const services = ['gateway', 'search-api', 'billing', 'ingest', 'auth', 'answers', 'mailer', 'worker-eu-1']
const messages = [
  'request completed',
  'cache miss, falling back to origin',
  'connection reset by peer',
  'retrying after 503',
  'user signed in',
  'payload rejected: "query" must be a string',
  'flushed 4096 spans to collector',
  'Überweisung ausgeführt',
  '検索が完了しました',
  'slow query: SELECT id, name FROM documents WHERE owner = $1 ORDER BY updated_at DESC LIMIT 50',
]
const paths = [
  '/api/v1/query',
  '/healthz',
  '/chat/completions',
  '/static/app.js',
  '/login',
  '/search',
  '/embeddings',
]
const queries = [
  'how%20to%20rotate%20keys',
  'caf%C3%A9+near+me',
  'price%3D100%26currency%3DEUR',
  'a+b',
  '%E6%9D%B1%E4%BA%AC',
]
const methods = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD']
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'curl/8.5.0',
  'python-requests/2.32.3',
  'kube-probe/1.30',
  'Googlebot/2.1 (+http://www.example.com/bot.html)',
]
const frames = [
  'Object.handle (/srv/app/dist/router.js',
  'async Query.run (/srv/app/dist/db/query.js',
  'process.processTicksAndRejections (node:internal/process/task_queues',
]

export function logLines(size) {
  const choose = chooser('log')
  const buffer = Buffer.alloc(size)
  let clock = Date.UTC(2026, 10, 1)
  for (let at = 0; at < size; ) {
    clock += choose.below(40)
    at += buffer.write(`${line(choose, new Date(clock).toISOString())}\n`, at)
    if (size - at < 4) break
  }
  return buffer
}

function line(choose, time) {
  const kind = choose.below(20)
  if (kind === 0) return JSON.stringify(failure(choose, time))
  return kind < 11 ? JSON.stringify(event(choose, time)) : access(choose, time)
}

function event(choose, time) {
  const base = { time, level: choose.one(levels), service: choose.one(services), msg: choose.one(messages) }
  const request = {
    method: choose.one(methods),
    url: target(choose),
    status: status(choose),
    ms: choose.below(3000),
  }
  const trace = { trace_id: choose.hex(32), span_id: choose.hex(16) }
  switch (choose.below(4)) {
    case 0:
      return {
        ...base,
        ...trace,
        pid: choose.below(65_536),
        host: `ip-10-0-${choose.below(256)}-${choose.below(256)}`,
      }
    case 1:
      return { ...base, req: { id: uuid(choose), ...request, headers: headers(choose) } }
    case 2:
      return {
        ...base,
        ...request,
        ...trace,
        user: { id: choose.below(1e7), plan: choose.one(['free', 'pro', 'max']) },
      }
    default:
      return {
        ...base,
        ...trace,
        bytes: choose.below(1e6),
        ratio: choose.below(1e6) / 1e6,
        tags: ['eu-west-1', choose.alphanumeric(8)],
      }
  }
}

function failure(choose, time) {
  const stack = Array.from(
    { length: 4 },
    () => `    at ${choose.one(frames)}:${choose.below(900)}:${choose.below(80)})`,
  )
  const err = {
    name: 'TypeError',
    stack: ["TypeError: Cannot read properties of undefined (reading 'id')", ...stack].join('\n'),
  }
  return { time, level: 'error', service: choose.one(services), err, trace_id: choose.hex(32) }
}

/** Combined log format: https://httpd.apache.org/docs/2.4/logs.html#combined */
function access(choose, time) {
  const address = Array.from({ length: 4 }, () => choose.below(256)).join('.')
  const request = `${choose.one(methods)} ${target(choose)} HTTP/1.1`
  const referrer = choose.below(3) === 0 ? `https://www.example.com${target(choose)}` : '-'
  return `${address} - - [${time}] "${request}" ${status(choose)} ${choose.below(90_000)} "${referrer}" "${choose.one(agents)}" ${choose.below(2000) / 1000}`
}

function headers(choose) {
  const encoded = (value) => Buffer.from(value).toString('base64url')
  const claims = { sub: String(choose.below(1e7)), iat: 1_790_000_000 + choose.below(1e6), scope: 'read' }
  const token = [
    encoded('{"alg":"HS256","typ":"JWT"}'),
    encoded(JSON.stringify(claims)),
    choose.alphanumeric(43),
  ].join('.')
  return {
    host: 'api.example.com',
    'user-agent': choose.one(agents),
    cookie: `session=${token}`,
    etag: `"${choose.hex(40)}"`,
  }
}

function target(choose) {
  const path = choose.one(paths)
  return choose.below(2) === 0
    ? path
    : `${path}?q=${choose.one(queries)}&page=${choose.below(40)}&id=${uuid(choose)}`
}

function status(choose) {
  return choose.one([200, 200, 200, 200, 204, 301, 304, 400, 401, 404, 429, 500, 503])
}

function uuid(choose) {
  return [8, 4, 4, 4, 12].map((length) => choose.hex(length)).join('-')
}
