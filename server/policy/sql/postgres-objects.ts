import { strings } from './postgres-names'

type Body = Record<string, unknown>

/** A table that a node names by a list of texts or by two of its fields, not as a RangeVar: its name, its schema's before it. */
export const tablesNamed = (tag: string, body: Body): string[][] =>
  (naming[tag]?.(body) ?? []).filter((name) => name.length > 0)

/** The column that goes with such a table. */
export const columnOf = (tag: string, body: Body): string[] => {
  const name = tag === 'DefElem' ? owner(body) : body.objtype === 'OBJECT_COLUMN' ? listed(body.object) : []
  return name.length > 1 ? name.slice(-1) : []
}

const naming: Record<string, (body: Body) => string[][]> = {
  DropStmt: ({ removeType, objects }) => (objects as unknown[]).map((object) => tableOf(removeType, object)),
  CommentStmt: ({ objtype, object }) => [tableOf(objtype, object)],
  SecLabelStmt: ({ objtype, object }) => [tableOf(objtype, object)],
  AlterExtensionContentsStmt: ({ objtype, object }) => [tableOf(objtype, object)],
  // What a table is called from here on.
  RenameStmt: ({ renameType, relation, newname }) =>
    tables.test(String(renameType)) ? [[...schemaOf(relation), String(newname)]] : [],
  AlterObjectSchemaStmt: ({ objectType, relation, newschema }) =>
    tables.test(String(objectType)) ? [[String(newschema), String((relation as Body).relname)]] : [],
  DefElem: (body) => [owner(body).slice(0, -1)],
}

const tables = /^OBJECT_(?:(?:FOREIGN_)?TABLE|(?:MAT)?VIEW|SEQUENCE|INDEX)$/
/** Things that a table has: their name comes after the table's. */
const parts = /^OBJECT_(?:COLUMN|TRIGGER|RULE|POLICY|TABCONSTRAINT)$/

function tableOf(kind: unknown, object: unknown): string[] {
  if (tables.test(String(kind))) return listed(object)
  return parts.test(String(kind)) ? listed(object).slice(0, -1) : []
}

const listed = (object: unknown): string[] =>
  strings((object as { List?: { items?: unknown } } | undefined)?.List?.items)
const schemaOf = (relation: unknown): string[] => {
  const { schemaname } = (relation ?? {}) as Body
  return typeof schemaname === 'string' ? [schemaname] : []
}

/** The column that a sequence belongs to. */
const owner = ({ defname, arg }: Body): string[] => (defname === 'owned_by' ? listed(arg) : [])
