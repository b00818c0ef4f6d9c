import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

export interface Seen {
  /** Words with zero bytes between them, as the process list has them. */
  readonly cmdline: string
  readonly environ: string
}

/** Whether this machine shows its processes as files (Linux does). */
export const hasProcessList = existsSync('/proc/self/environ')

const everyMs = 20
const oftenEnough = 4

/** Looks at every process of the machine again and again until it is stopped. */
export interface Watcher {
  seen(): readonly Seen[]
  /** Looks at one process now: a short one may be gone before the next round. */
  look(pid: number | undefined): void
  stop(): void
}

export function watchProcesses(): Watcher {
  const found = new Map<string, Seen>()
  const looks = new Map<string, number>()
  const look = (pid: string): void => {
    const [cmdline, environ] = [readOr(`/proc/${pid}/cmdline`), readOr(`/proc/${pid}/environ`)]
    if (cmdline !== '') found.set(`${pid} ${cmdline} ${environ.length}`, { cmdline, environ })
  }
  const timer = setInterval(() => {
    for (const pid of readdirSync('/proc')) {
      const count = looks.get(pid) ?? 0
      if (!/^\d+$/.test(pid) || count >= oftenEnough) continue
      looks.set(pid, count + 1)
      look(pid)
    }
  }, everyMs)
  return {
    seen: () => [...found.values()],
    look: (pid) => look(String(pid ?? 'none')),
    stop: () => clearInterval(timer),
  }
}

/** Processes whose environment names this folder. */
export function livingIn(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && readOr(`/proc/${pid}/environ`).includes(folder))
    .map((pid) => `${pid} ${readOr(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // It has ended, or it is somebody else's.
  }
}

/** Files that a process has open at this moment. */
export function openedBy(pid: number | undefined): readonly string[] {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).map((fd) => readlinkOr(join(folder, fd)))
  } catch {
    return []
  }
}

function readlinkOr(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
