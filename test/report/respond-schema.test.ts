import { expect, test } from 'vitest'
import { mistakesBy } from './schema.ts'

const step = { name: 'open', status: 'done', evidence: null, startedAt: null, finishedAt: null }
const incident = {
  id: 'inc-abcdefgh23',
  status: 'open',
  fingerprint: `sha256:${'0'.repeat(64)}`,
  name: 'Main',
  exposure: 'public',
  openedAt: '2026-01-01T00:00:00.000Z',
  steps: [step],
  obligations: [{ kind: 'leaked-key-alive', detail: 'x', subject: 'y' }],
  followUps: [],
  replacement: null,
  consumers: [{ kind: 'dotenv', target: '/a:B', status: 'confirmed', evidence: '' }],
  deadline: null,
}

test('a response result keeps to its schema, and the schema is closed', () => {
  expect(mistakesBy('respond', { schemaVersion: 1, incident })).toBeNull()
  expect(mistakesBy('respond', { schemaVersion: 1, incident: { ...incident, token: 'x' } })).not.toBeNull()
  expect(
    mistakesBy('respond', { schemaVersion: 1, incident: { ...incident, status: 'fine' } }),
  ).not.toBeNull()
})
