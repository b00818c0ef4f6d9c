import fc from 'fast-check'

// A test must not see the machine's own git configuration, keys or state.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('GIT_') || name.startsWith('PPLX_') || name.startsWith('XDG_')) delete process.env[name]
}
delete process.env['CI']
delete process.env['NODE_EXTRA_CA_CERTS']
process.env['GIT_CONFIG_NOSYSTEM'] = '1'
process.env['GIT_CONFIG_GLOBAL'] = '/dev/null'

// The same examples on every machine; `npm run prove` and SEED=N look at others.
if (process.env['PROVE'] !== '1' || process.env['SEED'] !== undefined) {
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['SEED'] ?? 20_261_123) })
}
