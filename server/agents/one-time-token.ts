import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { sha256 } from '../keys'

const minutesGood = 15

/** A new token, and the columns that keep what is needed to know it again. */
export function newToken() {
  const token = `spa_${randomBytes(32).toString('base64url')}`
  return {
    token,
    columns: {
      enrolTokenHash: sha256(token),
      enrolExpiresAt: sql`now() + make_interval(mins => ${minutesGood})`,
    },
  }
}
