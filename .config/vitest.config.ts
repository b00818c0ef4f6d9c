import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { yamlData } from './yaml-plugin.mjs'

const proving = process.env['PROVE'] === '1'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  plugins: [yamlData()],
  define: { __VERSION__: JSON.stringify('0.0.0-test'), __BUILD__: JSON.stringify('test') },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['node_modules/**', ...(proving ? [] : ['test/prove/**'])],
    globalSetup: ['test/setup/build.ts'],
    setupFiles: ['test/setup/environment.ts'],
    pool: 'forks',
    maxWorkers: 3,
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
