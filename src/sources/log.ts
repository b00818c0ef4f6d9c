export { logSource } from './files/source.ts'
