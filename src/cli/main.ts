#!/usr/bin/env node
import { usePrecompiled } from './precompiled.ts'

// Not from version.ts, which would be one more file to load.
declare const __VERSION__: string

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  // A reader that is gone is none of our business, a full disk is.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 3
  })
  process.stdout.write(`pplx-warden ${__VERSION__}\n`)
} else {
  usePrecompiled()
  void import('./run.ts').then(({ runCommandLine }) => runCommandLine(args))
}
