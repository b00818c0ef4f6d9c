// A test must not see the machine's own git configuration, keys or state.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('GIT_') || name.startsWith('PPLX_') || name.startsWith('XDG_')) delete process.env[name]
}
delete process.env['CI']
delete process.env['NODE_EXTRA_CA_CERTS']
process.env['GIT_CONFIG_NOSYSTEM'] = '1'
process.env['GIT_CONFIG_GLOBAL'] = '/dev/null'
