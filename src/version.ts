declare const __VERSION__: string
declare const __BUILD__: string

/** The package's version, put in when the bundle is built. */
export const version: string = __VERSION__

/** Of whatever decides what a scan finds: another one may find something else. */
export const build: string = __BUILD__
