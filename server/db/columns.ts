import { bigint, customType, timestamp } from 'drizzle-orm/pg-core'

/** Bytes that only this installation can read; see keys.ts. */
export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** A moment, with its time zone. */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
/** A place in a chain: far below 2^53. */
export const seq = (name: string) => bigint(name, { mode: 'number' })
