import { hostname } from 'node:os'
import type { FileSystem } from '../context.ts'
import type { Holder } from '../store/leases.ts'

/** This process, so that another one on this host can tell whether it still lives. */
export function thisHolder(fs: FileSystem): Holder {
  return {
    name: hostname(),
    bootId: bootId(fs),
    pid: process.pid,
    processStart: startOf(fs, process.pid) ?? '',
  }
}

/** Dead for certain: the same host and boot, and no such process, or another one under its number. */
export function holderIsGone(fs: FileSystem, holder: Holder): boolean {
  if (holder.name !== hostname()) return false
  const [boot = '', space] = bootId(fs).split('/')
  const [theirBoot = '', theirSpace] = holder.bootId.split('/')
  if (boot !== '' && theirBoot !== '' && boot !== theirBoot) return true
  // Another container that shares the host's name: its process numbers say nothing here.
  if (space !== theirSpace) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
  const start = startOf(fs, holder.pid)
  return start !== null && holder.processStart !== '' && start !== holder.processStart
}

/** `BOOT/PID-NAMESPACE`, Linux only; elsewhere the process number alone decides. */
function bootId(fs: FileSystem): string {
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}/${fs.readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return ''
  }
}

/** Field 22 of /proc/PID/stat (proc(5)): start time in clock ticks since boot. A zombie counts as gone. */
function startOf(fs: FileSystem, pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'zombie' : (fields[19] ?? null)
  } catch {
    return null
  }
}
