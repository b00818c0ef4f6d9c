#!/usr/bin/env node
import { version } from '../version.ts'

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`pplx-warden ${version}\n`)
} else {
  const { runCommandLine } = await import('./run.ts')
  await runCommandLine(args)
}
