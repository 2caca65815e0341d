import { createHash } from 'node:crypto'
import type { PolicyVersion } from '../types'

/** What version 1 follows. */
export const genesis = '0'.repeat(64)

/** SHA-256 (hex) over the UTF-8 JSON array `[previousHash, number, author, at, message, document]`, `at` as ISO 8601 in UTC. */
export const versionHash = ({
  previousHash,
  number,
  author,
  at,
  message,
  document,
}: Omit<PolicyVersion, 'hash'>): string =>
  createHash('sha256')
    .update(JSON.stringify([previousHash, number, author, at.toISOString(), message, document]))
    .digest('hex')
