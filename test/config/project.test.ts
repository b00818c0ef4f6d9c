import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readProjectFile } from '../../src/config/project.ts'
import { temporaryFolder } from '../store/support.ts'

test('the file at the folder or above it in the same repository is read, none outside', () => {
  const folder = temporaryFolder()
  fs.mkdirSync(join(folder, 'repo/a/b'), { recursive: true })
  fs.mkdirSync(join(folder, 'repo/.git'))
  fs.writeFileSync(join(folder, '.pplx-warden.yaml'), 'exceptions: [outside]')
  expect(readProjectFile(join(folder, 'repo/a/b'), fs)).toBeNull()
  fs.writeFileSync(join(folder, 'repo/.pplx-warden.yaml'), 'exceptions: [{ fingerprint: x }]\nexclude: [a]')
  const found = readProjectFile(join(folder, 'repo/a/b'), fs)
  expect(found).toMatchObject({
    path: join(folder, 'repo/.pplx-warden.yaml'),
    exceptions: [{ fingerprint: 'x' }],
  })
  expect(found?.warnings.join()).toContain('exceptions, exclude: not built yet')
  fs.rmSync(join(folder, 'repo/.git'), { recursive: true })
  expect(readProjectFile(join(folder, 'repo/a/b'), fs)).toBeNull()
})

test('an empty one asks for nothing, a damaged one is refused', () => {
  const folder = temporaryFolder()
  const path = join(folder, '.pplx-warden.yaml')
  fs.writeFileSync(path, '# nothing\n')
  expect(readProjectFile(folder, fs)).toMatchObject({ exceptions: [], warnings: [] })
  for (const text of ['exceptions: [', '- list', 'exceptions: 1', 'text']) {
    fs.writeFileSync(path, text)
    expect(() => readProjectFile(folder, fs)).toThrow(/\.pplx-warden\.yaml:1:\d+: /)
  }
  fs.rmSync(path)
  fs.symlinkSync('/etc/passwd', path)
  expect(() => readProjectFile(folder, fs)).toThrow('not a regular file')
})
