import { expect, test } from 'vitest'
import { nearest } from '../../src/config/nearest.ts'
import { statePaths, writableState } from '../../src/config/paths.ts'

const paths = (env: Record<string, string>, db?: string) => statePaths({ env, cwd: '/srv' }, { db })

test('state lies where the first of flag and environment says', () => {
  const all = { HOME: '/h', XDG_STATE_HOME: '/s', PPLX_WARDEN_DB: 'd/x.db', PPLX_WARDEN_HOME: '/w' }
  expect(paths(all)).toMatchObject({ home: '/w', db: '/srv/d/x.db' })
  expect(paths({ ...all, PPLX_WARDEN_DB: '' })).toMatchObject({ home: '/w', db: '/w/warden.db' })
  expect(paths({ ...all, PPLX_WARDEN_HOME: '' })).toMatchObject({ home: '/srv/d', db: '/srv/d/x.db' })
  expect(paths({ HOME: '/h', XDG_STATE_HOME: '/s' })).toMatchObject({ home: '/s/pplx-warden' })
  expect(paths({ HOME: '/h' })).toMatchObject({
    home: '/h/.local/state/pplx-warden',
    db: '/h/.local/state/pplx-warden/warden.db',
  })
  expect(paths({ HOME: '/h' }, 'team.db')).toMatchObject({ home: '/srv', db: '/srv/team.db' })
  expect(paths({ HOME: '/h' }, 'postgres://db/w')).toMatchObject({
    home: '/h/.local/state/pplx-warden',
    db: 'postgres://db/w',
  })
  expect(paths({ HOME: '/h', XDG_STATE_HOME: 'relative' })).toMatchObject({
    home: '/h/.local/state/pplx-warden',
  })
})

test('configuration and the escrow identity lie apart from the state', () => {
  expect(paths({ HOME: '/h', PPLX_WARDEN_HOME: '/w' })).toMatchObject({
    configFile: '/h/.config/pplx-warden/config.yaml',
    escrowKey: '/h/.config/pplx-warden/escrow.key',
  })
  expect(paths({ HOME: '/h', XDG_CONFIG_HOME: '/c' })).toMatchObject({ configDir: '/c/pplx-warden' })
})

test('without HOME scans go on and commands that write stop with 2', () => {
  for (const env of [{}, { HOME: '' }]) {
    expect(paths(env)).toEqual({ home: null, db: null, configDir: null, configFile: null, escrowKey: null })
    expect(() => writableState(paths(env))).toThrow(/HOME is not set/)
  }
  expect(writableState(paths({}, '/d/x.db'))).toMatchObject({ home: '/d', db: '/d/x.db' })
  expect(() => paths({}, '')).toThrow('--db is empty')
})

test('the nearest name is one that could have been meant', () => {
  expect(nearest('ownrs', ['owners', 'name'])).toBe('owners')
  expect(nearest('ecsape', ['escape', 'escrow'])).toBe('escape')
  expect(nearest('jsno', ['json', 'jsonl'])).toBe('json')
  expect(nearest('completely', ['owners', 'name'])).toBeUndefined()
  expect(nearest('x', [])).toBeUndefined()
})
