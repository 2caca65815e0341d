/**
 * One look at the database at a time. Who asks while one is under way gets the next one, so that a change they made before they
 * asked is always in what they get.
 */
export function oneLook(look: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  const begin = () => {
    running = look().finally(() => {
      running = null
    })
    return running
  }
  return () => {
    if (running === null) return begin()
    next ??= running
      .catch(() => {})
      .then(() => {
        next = null
        return begin()
      })
    return next
  }
}
