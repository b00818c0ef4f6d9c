import { crc32 } from 'node:zlib'

/** Containers that are recognised and not opened yet: read as raw bytes and counted. */
export function isUnsupportedContainer(head: Uint8Array): boolean {
  switch (head[0]) {
    case 0x50:
      return isZip(head)
    case 0x28:
      return startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]) && ((head[4] ?? 8) & 8) === 0
    case 0xfd:
      return isXz(head)
    case 0x42:
      return isBzip2(head)
    default:
      return head[257] === 0x75 && isTar(head)
  }
}

/** Local file header with a version and a method that exist, or the end record of an empty archive. */
function isZip(head: Uint8Array): boolean {
  if (startsWith(head, [0x50, 0x4b, 5, 6]))
    return head.length >= 22 && head.subarray(4, 20).every((byte) => byte === 0)
  if (!startsWith(head, [0x50, 0x4b, 3, 4]) || head.length < 30) return false
  const version = head[4] ?? 255
  const method = (head[8] ?? 0) + 256 * (head[9] ?? 0)
  const nameLength = (head[26] ?? 0) + 256 * (head[27] ?? 0)
  return version <= 63 && method <= 99 && nameLength > 0 && nameLength <= 4096
}

/** Magic, two bytes of flags, their CRC-32. https://tukaani.org/xz/xz-file-format.txt */
function isXz(head: Uint8Array): boolean {
  if (!startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) || head.length < 12) return false
  return Buffer.from(head.subarray(8, 12)).readUInt32LE(0) === crc32(head.subarray(6, 8))
}

/** `BZh`, a level, then the magic of a block or of the end. */
function isBzip2(head: Uint8Array): boolean {
  const level = head[3] ?? 0
  if (!startsWith(head, [0x42, 0x5a, 0x68]) || level < 0x31 || level > 0x39) return false
  const rest = head.subarray(4)
  return (
    startsWith(rest, [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) ||
    startsWith(rest, [0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
  )
}

/** `ustar`, and a header whose checksum is right. */
function isTar(head: Uint8Array): boolean {
  if (head.length < 512 || !startsWith(head.subarray(257), [0x75, 0x73, 0x74, 0x61, 0x72])) return false
  const field = Buffer.from(head.subarray(148, 156)).toString('latin1')
  let sum = 8 * 32
  for (let at = 0; at < 512; at += 1) if (at < 148 || at >= 156) sum += head[at] ?? 0
  return Number.parseInt(field.trim(), 8) === sum
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte)
}
