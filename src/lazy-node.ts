/**
 * Modules of Node that take milliseconds to load and that a scan in a hook's way does not need, unless it finds
 * something: loaded when they are first asked for.
 */
export const lazyCrypto = () => process.getBuiltinModule('node:crypto')
export const lazyChildProcess = () => process.getBuiltinModule('node:child_process')
