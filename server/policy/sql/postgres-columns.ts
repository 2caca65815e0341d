import { strings } from './postgres-names'
import { knownTypes } from './postgres-nodes'
import { columnOf } from './postgres-objects'

type Body = Record<string, unknown>

/** Columns that a node names by a text, not in an expression: those it writes, compares or hands out. `*` for whole rows. */
export const columnsNamed = (tag: string, body: Body): string[] => naming[tag]?.(body) ?? []

const naming: Record<string, (body: Body) => string[]> = {
  IndexElem: ({ name }) => (typeof name === 'string' ? [name] : []),
  StatsElem: ({ name }) => (typeof name === 'string' ? [name] : []),
  PartitionElem: ({ name }) => (typeof name === 'string' ? [name] : []),
  Constraint: ({ contype, keys, fk_attrs: own, pk_attrs: others }) => [
    ...[keys, own, others].flatMap(strings),
    // Without columns it is the primary key that is compared, whichever that is.
    ...(contype === 'CONSTR_FOREIGN' && others === undefined ? ['*'] : []),
  ],
  AlterTableCmd: ({ subtype, name }) => (typeof name === 'string' && ofColumn.has(String(subtype)) ? [name] : []),
  AccessPriv: ({ cols }) => strings(cols),
  VacuumRelation: ({ va_cols: columns }) => strings(columns),
  PublicationObjSpec: ({ pubtable }) => strings((pubtable as Body | undefined)?.columns),
  CommentStmt: (body) => columnOf('CommentStmt', body),
  SecLabelStmt: (body) => columnOf('SecLabelStmt', body),
  // Rows lie in the order of the index afterwards, and are read in it.
  ClusterStmt: () => ['*'],
  // Every value of every column of this domain is checked.
  AlterDomainStmt: () => ['*'],
  InsertStmt: ({ cols, selectStmt, onConflictClause }) => [
    // Without a list of columns a row is written from the first one on.
    ...(cols === undefined && selectStmt !== undefined ? ['*'] : targets(cols)),
    ...targets((onConflictClause as Body | undefined)?.targetList),
  ],
  UpdateStmt: ({ targetList }) => targets(targetList),
  MergeWhenClause: ({ commandType, targetList, values }) =>
    commandType === 'CMD_INSERT' && targetList === undefined && values !== undefined ? ['*'] : targets(targetList),
  CopyStmt: ({ attlist, query }) => (attlist === undefined && query === undefined ? ['*'] : strings(attlist)),
  RenameStmt: ({ renameType, subname }) => (renameType === 'OBJECT_COLUMN' ? [String(subname)] : []),
  // A foreign table can be this database's own, under other names.
  DefElem: (body) => (body.defname === 'column_name' ? strings([body.arg]) : columnOf('DefElem', body)),
  // A rule has whole rows as `old` and `new`, and so has the function that a trigger calls.
  RuleStmt: () => ['*'],
  CreateTrigStmt: () => ['*'],
  // What takes a whole row can hand out any column of it: `f(customers)`, then `c.f`; or a domain over it, then `c.d`.
  FunctionParameter: ({ argType }) => rowOf(argType),
  CreateDomainStmt: ({ typeName }) => rowOf(typeName),
  DefineStmt: ({ kind }) => (kind === 'OBJECT_AGGREGATE' ? ['*'] : []),
}

const ofColumn = new Set(
  `ColumnDefault SetNotNull DropNotNull SetExpression DropExpression SetStatistics SetOptions ResetOptions SetStorage
  SetCompression DropColumn AlterColumnType AlterColumnGenericOptions AddIdentity SetIdentity DropIdentity`
    .split(/\s+/)
    .map((subtype) => `AT_${subtype}`),
)

/** With the fields of a composite one: `set address.city = 'x'`. */
const targets = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).flatMap(({ ResTarget: target }: { ResTarget?: Body }) =>
    typeof target?.name === 'string' ? [target.name, ...strings(target.indirection)] : [],
  )

function rowOf(type: unknown): string[] {
  const [name = ''] = strings((type as Body | undefined)?.names).reverse()
  return name === 'record' || !knownTypes.has(name) ? ['*'] : []
}
