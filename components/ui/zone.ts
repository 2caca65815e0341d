import { useSyncExternalStore } from 'react'

const never = () => () => {}

/**
 * The zone of whoever looks: `undefined`, which is the browser's own. On the server, and for the first moment in the browser, it
 * is UTC, so that both say the same; what is only different there React would leave as the server wrote it.
 */
export const useZone = (): string | undefined => useSyncExternalStore<string | undefined>(never, own, utc)

const own = () => undefined
const utc = () => 'UTC'
