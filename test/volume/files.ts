import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * All regular files below a folder, in any order. Links are not followed: what they point to is met on its own.
 * Folders named as in `except` are left out wherever they stand below.
 */
export async function* filesBelow(folder: string, except: readonly string[] = []): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!except.includes(entry.name)) yield* filesBelow(path, except)
    } else if (entry.isFile()) yield path
  }
}
