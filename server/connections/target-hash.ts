import { createHash } from 'node:crypto'

export type TargetParts = {
  transport: 'http' | 'agent'
  url: string | null
  agentId: string | null
  target: string | null
}

/** SHA-256 (hex) over where calls go. An approval names it, so a re-pointed connection inherits none. */
export const targetHash = ({ transport, url, agentId, target }: TargetParts): string =>
  createHash('sha256')
    .update(JSON.stringify([transport, url, agentId, target]))
    .digest('hex')

/** What a stored credential is bound to: where it may be sent. */
export const originOf = ({ transport, url, agentId, target }: TargetParts): string =>
  transport === 'agent' ? `agent ${agentId} ${target}` : new URL(url ?? '').origin
