import type { Unordered } from './history.ts'

/** Places of the commits that were read: each behind its parents, else by date, else by id. */
export function oldestFirst(all: Unordered): Uint32Array {
  const { ids, isRead, dates } = all
  const { waiting, starts, children } = childrenOf(all)
  const order = new Uint32Array(isRead.reduce((sum, one) => sum + one, 0))
  const ready = heap((a, b) => {
    const difference = (dates[a] as number) - (dates[b] as number)
    return difference === 0 ? (ids[a] ?? '') < (ids[b] ?? '') : difference < 0
  })
  for (let place = 0; place < ids.length; place++)
    if (isRead[place] === 1 && waiting[place] === 0) ready.add(place)
  let used = 0
  for (let place = ready.take(); place !== undefined; place = ready.take()) {
    order[used++] = place
    for (let k = starts[place] as number; k < (starts[place + 1] as number); k++) {
      const child = children[k] as number
      waiting[child] = (waiting[child] as number) - 1
      if (waiting[child] === 0) ready.add(child)
    }
  }
  return order.subarray(0, used)
}

/** `waiting`: how many parents each has. */
function childrenOf({ ids, isRead, starts: from, ends, parents }: Unordered) {
  const waiting = new Uint32Array(ids.length)
  const starts = new Uint32Array(ids.length + 1)
  const eachParent = (visit: (parent: number, child: number) => void): void => {
    for (let child = 0; child < ids.length; child++) {
      for (let k = from[child] as number; k < (ends[child] as number); k++) {
        const parent = parents[k] as number
        if (isRead[parent] === 1) visit(parent, child)
      }
    }
  }
  eachParent((parent, child) => {
    waiting[child] = (waiting[child] as number) + 1
    starts[parent + 1] = (starts[parent + 1] as number) + 1
  })
  for (let i = 0; i < ids.length; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number)
  const next = starts.slice()
  const children = new Uint32Array(starts[ids.length] as number)
  eachParent((parent, child) => {
    children[next[parent] as number] = child
    next[parent] = (next[parent] as number) + 1
  })
  return { waiting, starts, children }
}

function heap(isBefore: (a: number, b: number) => boolean) {
  const items: number[] = []
  return { add, take }

  function add(item: number): void {
    let at = items.length
    items.push(item)
    while (at > 0) {
      const up = (at - 1) >> 1
      if (!isBefore(item, items[up] as number)) break
      items[at] = items[up] as number
      at = up
    }
    items[at] = item
  }

  function take(): number | undefined {
    const first = items[0]
    const last = items.pop()
    if (first === undefined || last === undefined || items.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && isBefore(items[child + 1] as number, items[child] as number)) child += 1
      if (!isBefore(items[child] as number, last)) break
      items[at] = items[child] as number
      at = child
    }
    items[at] = last
    return first
  }
}
