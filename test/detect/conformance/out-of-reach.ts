/** A broken prefix that is not found, by the name of its cell in `prefixes.test.ts`, and why. */
export const outOfReach: readonly { readonly name: string; readonly reason: string }[] = []
