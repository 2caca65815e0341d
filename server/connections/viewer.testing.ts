import type { Context, Database } from '../context'
import type { Viewer } from '../types'

/** A context of somebody, for tests. */
export function contextFor(db: Database, name: string, more: Partial<Viewer> = {}): Context {
  const viewer: Viewer = {
    id: `issuer#${name}`,
    email: `${name}@example.com`,
    name,
    groups: [],
    claims: {},
    kind: 'user',
    admin: false,
    auditor: false,
    groupsReadAt: new Date(),
    ...more,
  }
  return { viewer, db }
}
