import type { Context, Database } from '../context'
import type { Viewer } from '../types'
import { viewerOf } from '../viewer.testing'

/** A context of somebody, for tests. */
export const contextFor = (db: Database, name: string, more: Partial<Viewer> = {}): Context => ({
  viewer: viewerOf(name, more),
  db,
})
