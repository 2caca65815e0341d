import { isReady } from './use-ready'

const againMs = 3_000
const waiting = new WeakSet<{ refresh(): void }>()

/**
 * Makes a page anew that nobody asked to: once the server can. One that fails would take away what is shown, with what somebody
 * is writing in it.
 */
export async function refreshWhenReady(router: { refresh(): void }): Promise<void> {
  if (waiting.has(router)) return
  waiting.add(router)
  while (!(await isReady())) await new Promise((wait) => setTimeout(wait, againMs))
  waiting.delete(router)
  router.refresh()
}
