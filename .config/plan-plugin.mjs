// Makes the needle search's plan when the bundle is built: the module gives way to its value.
import { rolldown } from 'rolldown'
import { yamlData } from './yaml-plugin.mjs'

export function planData() {
  return {
    name: 'plan-data',
    async load(id) {
      if (!/src[\\/]detect[\\/]plan\.ts$/.test(id)) return null
      const bundle = await rolldown({ input: id, platform: 'node', plugins: [yamlData()] })
      const { output } = await bundle.generate({ format: 'esm' })
      await bundle.close()
      const { plan } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`)
      return `export const plan = JSON.parse(${JSON.stringify(JSON.stringify(plan))})`
    },
  }
}
