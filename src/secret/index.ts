export { type Fingerprint, Secret, secretOf } from './vault.ts'
