// Turns an imported rules/*.yaml into a plain object at build time, so that the
// scanner needs neither a YAML parser nor a file at run time.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export function yamlData() {
  return {
    name: 'yaml-data',
    load(id) {
      if (!id.endsWith('.yaml')) return null
      const value = parse(readFileSync(id, 'utf8'))
      return { code: `export default ${JSON.stringify(value)}`, moduleType: 'js' }
    },
  }
}
