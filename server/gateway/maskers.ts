import type { LiveConnection } from '../connections/current'
import { compileMasks, type Masker } from '../masking/fulfil'
import { runtime } from '../runtime'
import type { Decision, Mask } from '../types'

/** `caller`: what this decision shows. `record`: what the record keeps, where nobody is excepted from a mask. */
export type Maskers = { caller: Masker; record: Masker }

// Compiled once per connection as loaded and set of masks; a connection that changes is a new object.
const compiled = new WeakMap<LiveConnection, Map<string, Masker>>()
const setsMax = 500

export function maskersFor(connection: LiveConnection, decision: Decision, resource: string | null = null): Maskers {
  const caller = maskerOf(connection, decision.version, decision.masks)
  const all = runtime().policy.current().masksOn(connection.name, resource)
  const bare = decision.masks.length > 0 && decision.masks.every((mask) => mask.fields.length === 0)
  if (bare || all.length === decision.masks.length) return { caller, record: caller }
  return { caller, record: maskerOf(connection, decision.version, all) }
}

function maskerOf(connection: LiveConnection, version: number, masks: Mask[]): Masker {
  const sets = compiled.get(connection) ?? new Map<string, Masker>()
  compiled.set(connection, sets)
  const key = `${version} ${masks.map((mask) => `${mask.id}${mask.fields.length === 0 ? '-' : ''}`).join(' ')}`
  let masker = sets.get(key)
  if (masker === undefined) {
    if (sets.size >= setsMax) sets.clear()
    masker = compileMasks(masks, runtime().keys.mask, connection.secrets)
    sets.set(key, masker)
  }
  return masker
}
