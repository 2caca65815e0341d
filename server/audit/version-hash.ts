import { createHash } from 'node:crypto'
import type { PolicyVersion } from '../types'

/** What version 1 follows. */
export const genesis = '0'.repeat(64)

type Version = Omit<PolicyVersion, 'hash' | 'at'> & { at: Date | string }

/** SHA-256 (hex) over the UTF-8 JSON array `[previousHash, number, author, at, message, document]`, `at` as ISO 8601 in UTC. */
export const versionHash = ({ previousHash, number, author, at, message, document }: Version): string =>
  createHash('sha256')
    .update(JSON.stringify([previousHash, number, author, isoOf(at), message, document]))
    .digest('hex')

/** A text stands as it is: what is read back must not be made to look like what was written. */
const isoOf = (at: Date | string): string => (typeof at === 'string' ? at : at.toISOString())
