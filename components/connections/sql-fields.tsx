import { Plus, X } from 'lucide-react'
import type { ToolView } from '../../server/connections/schemas'
import { Button } from '../ui/button'
import { Field, Input, inputClass } from '../ui/field'
import { rowKey, type SqlRow, sqlCandidates, type Values } from './form-values'

type Props = { values: Values; set(more: Partial<Values>): void; tools: ToolView[] }

/** Which arguments hold SQL: only then can rules speak of tables and of reading, and masks of columns. */
export function SqlFields({ values, set, tools }: Props) {
  const { sql, schema } = values
  const add = (tool = '', argument = '') =>
    set({ sql: [...sql, { key: rowKey(), tool, argument, dialect: 'postgres' }] })
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 text-[13px] font-medium">Arguments that hold SQL</legend>
      <p className="text-[13px] text-ink-soft">
        They are parsed as the database parses them, so that rules can say which tables may be read.
      </p>
      {sqlCandidates(tools, sql).map(({ tool, argument }) => (
        <p key={`${tool} ${argument}`} className="flex flex-wrap items-center gap-2 text-[13px]">
          <span>
            <code className="font-mono text-[12px]">{argument}</code> of{' '}
            <code className="font-mono text-[12px]">{tool}</code> looks like SQL.
          </span>
          <Button onClick={() => add(tool, argument)}>It is SQL</Button>
        </p>
      ))}
      {sql.map((row, index) => (
        <Row
          key={row.key}
          {...{ row, index, tools }}
          change={(more) => set({ sql: sql.map((one) => (one.key === row.key ? { ...one, ...more } : one)) })}
          remove={() => set({ sql: sql.filter(({ key }) => key !== row.key) })}
        />
      ))}
      <Button look="quiet" className="self-start" onClick={() => add()}>
        <Plus size={14} aria-hidden />
        {sql.length === 0 ? 'Add an argument' : 'Another argument'}
      </Button>
      {sql.length === 0 ? null : (
        <Field
          id="schema"
          label="Schema of unqualified tables"
          hint="Where a table that is named without its schema is looked for."
        >
          <Input
            id="schema"
            name="schema"
            className="max-w-60"
            value={schema}
            onChange={(event) => set({ schema: event.target.value })}
            required
          />
        </Field>
      )}
    </fieldset>
  )
}

type RowProps = { row: SqlRow; index: number; tools: ToolView[]; change(more: Partial<SqlRow>): void; remove(): void }

const Row = ({ row, index, tools, change, remove }: RowProps) => (
  <div className="grid grid-cols-[1fr_1fr_auto_auto] gap-2">
    <Input
      aria-label={`Tool ${index + 1}`}
      placeholder="Tool"
      list="sql-tools"
      value={row.tool}
      onChange={(event) => change({ tool: event.target.value })}
      required
    />
    <Input
      aria-label={`Argument of tool ${index + 1}`}
      placeholder="Argument"
      value={row.argument}
      onChange={(event) => change({ argument: event.target.value })}
      required
    />
    <select
      aria-label={`Dialect of tool ${index + 1}`}
      className={inputClass}
      value={row.dialect}
      onChange={(event) => change({ dialect: event.target.value as SqlRow['dialect'] })}
    >
      <option value="postgres">PostgreSQL</option>
      <option value="mysql">MySQL</option>
    </select>
    <Button look="quiet" className="px-2" aria-label={`Take argument ${index + 1} away`} onClick={remove}>
      <X size={14} aria-hidden />
    </Button>
    <datalist id="sql-tools">
      {tools.map(({ name }) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  </div>
)
