import { unwatchFile, watchFile } from 'node:fs'

const lookEveryMs = 1000
type Seen = { mtimeMs: number; ino: number }

/** Calls `changed` when the file has changed or SIGHUP came. Looks by itself: editors and mounts replace files. */
export function watchConfig(path: string, changed: () => void): () => void {
  const look = (now: Seen, before: Seen) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) changed()
  }
  watchFile(path, { interval: lookEveryMs, persistent: false }, look)
  process.on('SIGHUP', changed)
  return () => {
    unwatchFile(path, look)
    process.off('SIGHUP', changed)
  }
}
