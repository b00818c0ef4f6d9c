// rules/*.yaml are turned into plain objects when the bundle is built (.config/yaml-plugin.mjs).
declare module '*.yaml' {
  const data: unknown
  export default data
}
