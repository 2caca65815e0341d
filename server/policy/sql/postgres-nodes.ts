/** Facts about the node types of PostgreSQL's raw parse tree (parsenodes.h, primnodes.h), as libpg-query names them. */

/** Nodes that do nothing by themselves. What is neither here nor has a visitor is not plain. */
export const harmlessNodes = new Set(
  `A_ArrayExpr A_Const A_Indices A_Star Alias BitString BoolExpr Boolean BooleanTest CTECycleClause CTESearchClause
  CaseExpr CaseWhen CoalesceExpr CollateClause ColumnDef Float GroupingFunc GroupingSet Integer JsonAggConstructor JsonArgument
  JsonArrayAgg JsonArrayConstructor JsonArrayQueryConstructor JsonBehavior JsonFormat JsonFuncExpr JsonIsPredicate
  JsonKeyValue JsonObjectAgg JsonObjectConstructor JsonOutput JsonParseExpr JsonReturning JsonScalarExpr
  JsonSerializeExpr JsonTable JsonTableColumn JsonTablePathSpec JsonValueExpr List MinMaxExpr NamedArgExpr NullTest
  ParamRef RangeFunction RangeSubselect RangeTableFunc RangeTableFuncCol ResTarget RowExpr SQLValueFunction String
  TypeCast WindowDef XmlExpr XmlSerialize`.split(/\s+/),
)

/** Statements whose verb is not their node's name in words. */
const verbOf: Record<string, string> = {
  CreateTableAsStmt: 'CREATE TABLE AS',
  CreateStmt: 'CREATE TABLE',
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  DefineStmt: 'CREATE',
  IndexStmt: 'CREATE INDEX',
  RuleStmt: 'CREATE RULE',
  ViewStmt: 'CREATE VIEW',
  CreateTrigStmt: 'CREATE TRIGGER',
  CreatePLangStmt: 'CREATE LANGUAGE',
  DeclareCursorStmt: 'DECLARE',
  ClosePortalStmt: 'CLOSE',
  VariableSetStmt: 'SET',
  VariableShowStmt: 'SHOW',
  ConstraintsSetStmt: 'SET CONSTRAINTS',
  GrantRoleStmt: 'GRANT',
  RefreshMatViewStmt: 'REFRESH MATERIALIZED VIEW',
  PLAssignStmt: 'SELECT',
  ReturnStmt: 'SELECT',
}

const transactionVerbs: Record<string, string> = {
  TRANS_STMT_BEGIN: 'BEGIN',
  TRANS_STMT_START: 'BEGIN',
  TRANS_STMT_COMMIT: 'COMMIT',
  TRANS_STMT_ROLLBACK: 'ROLLBACK',
  TRANS_STMT_SAVEPOINT: 'SAVEPOINT',
  TRANS_STMT_RELEASE: 'RELEASE',
  TRANS_STMT_ROLLBACK_TO: 'ROLLBACK',
}

/** The verb of a statement node: `InsertStmt` is `INSERT`, `AlterTableStmt` is `ALTER TABLE`. */
export function verbName(tag: string, body: { kind?: unknown }): string {
  if (tag === 'TransactionStmt') return transactionVerbs[String(body.kind)] ?? 'TRANSACTION'
  const words = tag.replace(/Stmt$/, '').replace(/([a-z])([A-Z])/g, '$1 $2')
  return verbOf[tag] ?? words.toUpperCase()
}

/** Statements that run something that is not in their own tree. */
export const hiddenWork = new Set(['ExecuteStmt', 'FetchStmt', 'LoadStmt', 'CreateExtensionStmt', 'AlterExtensionStmt'])

type Body = Record<string, unknown>
const pathSettings: unknown[] = ['search_path', 'role', 'session_authorization', undefined]
const setsPath = (body: unknown): boolean => pathSettings.includes((body as Body).name)

/** Whether an unqualified name, or a schema's, may mean another from here on. The role's own schema is searched first. */
export const movesNames = (tag: string, body: Body): boolean => moving[tag]?.(body) ?? false

const moving: Record<string, (body: Body) => boolean> = {
  VariableSetStmt: setsPath,
  AlterRoleSetStmt: ({ setstmt }) => setsPath(setstmt),
  AlterDatabaseSetStmt: ({ setstmt }) => setsPath(setstmt),
  RenameStmt: ({ renameType }) => renameType === 'OBJECT_SCHEMA',
  // An update of this view is SET.
  UpdateStmt: ({ relation }) => (relation as Body).relname === 'pg_settings',
}

/** Built-in operators. A symbol that is not here belongs to an extension or to the database's owner. */
export const knownOperators = new Set(
  `+ - * / % ^ |/ ||/ @ & | # ~ << >> < > = <= >= <> != || ~~ ~~* !~~ !~~* ~* !~ !~* ^@ -> ->> #> #>> @> <@ ? ?| ?& #-
  @? @@ @@@ && -|- &< &> <<= >>= |>> <<| |&> &<| !! <-> ## ~= ~<~ ~<=~ ~>~ ~>=~`.split(/\s+/),
)

/**
 * Built-in types without a way to run the owner's code; a cast to any other may call a domain's or a type's functions.
 * By the catalog's names, which the grammar gives `integer` and its like: in quotes, `"integer"` is a type of the owner's.
 */
export const knownTypes = new Set(
  `bool int2 int4 int8 float4 float8 numeric money text varchar bpchar char name bytea uuid json jsonb jsonpath xml date
  time timetz timestamp timestamptz interval inet cidr macaddr macaddr8 bit varbit point line lseg box path polygon circle
  tsvector tsquery oid xid xid8 tid pg_lsn int4range int8range numrange tsrange tstzrange daterange int4multirange
  int8multirange nummultirange tsmultirange tstzmultirange datemultirange record refcursor unknown`.split(/\s+/),
)

export const knownSamplings = new Set(['bernoulli', 'system'])
