import type { Viewer } from './types'

/** Somebody signed in to the console, for tests: nobody special unless `more` says so. */
export const viewerOf = (name: string, more: Partial<Viewer> = {}): Viewer => ({
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
})
