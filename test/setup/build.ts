import { execFileSync } from 'node:child_process'

/** The command's tests run the bundle: build it once from what the sources say now. */
export default function build(): void {
  if (process.env['PPLX_WARDEN_TEST_NO_BUILD'] === '1') return
  execFileSync(process.execPath, ['.config/build.mjs', '--no-types'], { stdio: 'inherit' })
}
