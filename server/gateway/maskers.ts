import type { LiveConnection } from '../connections/current'
import { compileMasks, type Masker, type MaskOptions } from '../masking/fulfil'
import { runtime } from '../runtime'
import type { Call, Decision, Mask, SqlFacts } from '../types'
import { isMaskedIn } from './masked-columns'

/** `caller`: what this decision shows. `record`: what the record keeps, where nobody is excepted from a mask. */
export type Maskers = {
  caller: Masker
  record: Masker
  /** What a target says that is no result. On lists and on the conversation itself keys mean nothing in results, here they do. */
  aside: { caller: Masker; record: Masker }
}

// Compiled once per connection as loaded, set of masks and tool; a connection or a policy that changes has new objects.
const compiled = new WeakMap<LiveConnection, Map<string, Masker>>()
const labels = new WeakMap<Mask[], string>()
const setsMax = 500

/** What a call is about, as far as masks care. */
export type About = { resource: string; sql: SqlFacts | null }

export const aboutOf = ({ resource, sql }: Call): About => ({ resource: resource.id, sql })

export function maskersFor(connection: LiveConnection, decision: Decision, about: About | null = null): Maskers {
  const caller = maskerOf(connection, decision.version, decision.masks, about)
  const { document, masksOn } = runtime().policy.current()
  const all = connection.own === true ? document.masks : masksOn(connection.name, about?.resource ?? null)
  const bare = decision.masks.length > 0 && decision.masks.every((mask) => mask.fields.length === 0)
  if (bare) {
    const whole = maskerOf(connection, decision.version, all, about)
    return { caller, record: caller, aside: { caller: whole, record: whole } }
  }
  const record = all.length === decision.masks.length ? caller : maskerOf(connection, decision.version, all, about)
  return { caller, record, aside: { caller, record } }
}

/** What the record keeps of words that are about no call. */
export function maskerOfWords(connection: LiveConnection): Masker {
  const { version, masksOn } = runtime().policy.current()
  return maskerOf(connection, version, masksOn(connection.name, null), null)
}

function maskerOf(connection: LiveConnection, version: number, masks: Mask[], about: About | null): Masker {
  let sets = compiled.get(connection)
  if (sets === undefined) {
    sets = new Map()
    compiled.set(connection, sets)
  }
  const { tables = [], sqlStateOnly = false, ...options } = about === null ? {} : optionsFor(connection, masks, about)
  const tool = options.outputSchema == null ? '' : about?.resource
  const key = `${version} ${sqlStateOnly} ${labelOf(masks)} ${tables.length === 0 ? '' : JSON.stringify(tables)} ${tool}`
  let masker = sets.get(key)
  if (masker === undefined) {
    if (sets.size >= setsMax) sets.clear()
    masker = compileMasks(masks, runtime().keys.mask, connection.secrets, { ...options, tables, sqlStateOnly })
    sets.set(key, masker)
  }
  return masker
}

function labelOf(masks: Mask[]): string {
  const known = labels.get(masks)
  if (known !== undefined) return known
  const label = JSON.stringify(masks.map(({ id, fields }) => [id, fields.length === 0]))
  labels.set(masks, label)
  return label
}

function optionsFor(connection: LiveConnection, masks: Mask[], { resource, sql }: About): MaskOptions {
  const outputSchema = connection.tools.get(resource)?.outputSchema ?? null
  if (sql === null || masks.every(({ fields }) => fields.length === 0)) return { outputSchema }
  // Those of everybody, whose list lives as long as the policy.
  const isMasked = isMaskedIn(runtime().policy.current().masksOn(connection.name, resource))
  if (isMasked === null) return { outputSchema }
  const isByTable = masks.some(({ fields }) => fields.some((field) => field.includes('.')))
  // An error can quote a column that the statement names, and one that writes can quote the whole row.
  const sqlStateOnly = !sql.readOnly || sql.columns.some(isMasked)
  return { outputSchema, tables: isByTable ? sql.tables : [], sqlStateOnly }
}
