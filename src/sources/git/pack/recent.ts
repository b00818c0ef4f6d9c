/** What an entry takes beside its bytes. */
const overhead = 400

/**
 * What was used last: between half of `room` bytes and all of it. Two generations: one entry at a time out of a long Map
 * would be slow, as it walks over what was deleted before.
 */
export function recent<Key, Value>(room: number) {
  let young = new Map<Key, { readonly value: Value; readonly size: number }>()
  let old: typeof young = new Map()
  let used = 0
  return { get, add }

  function get(key: Key): Value | undefined {
    const entry = young.get(key)
    if (entry !== undefined) return entry.value
    const aged = old.get(key)
    if (aged !== undefined) add(key, aged.value, aged.size - overhead)
    return aged?.value
  }

  function add(key: Key, value: Value, bytes: number): void {
    const size = bytes + overhead
    if (used + size > room / 2) {
      old = young
      young = new Map()
      used = 0
    }
    young.set(key, { value, size })
    used += size
  }
}
