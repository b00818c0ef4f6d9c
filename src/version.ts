declare const __VERSION__: string

/** The package's version, put in when the bundle is built. */
export const version: string = __VERSION__
