import { Plus, X } from 'lucide-react'
import type { ToolView } from '../../server/connections/schemas'
import { Button } from '../ui/button'
import { Input, inputClass } from '../ui/field'
import { sentence } from '../ui/text'
import { Words } from '../ui/words'
import { type HttpRow, placeProblem, rowKey, type Values } from './form-values'

type Props = { values: Values; set(more: Partial<Values>): void; tools: ToolView[]; problem: string | null }

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** What tools of an API do in HTTP: only then can rules speak of methods and paths. */
export function HttpFields({ values: { http }, set, tools, problem }: Props) {
  const free = tools.find(({ name }) => !http.some(({ tool }) => tool === name))
  const add = () => set({ http: [...http, { key: rowKey(), tool: '', method: 'GET', path: '/' }] })
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 text-[13px] font-medium">Tools that call an API</legend>
      <p className="text-[13px] text-ink-soft">
        Rules can then say which methods and paths are allowed. A place in a path takes an argument of the tool, as in{' '}
        <code className="font-mono text-[12px]">{'/orders/{id}'}</code>; an argument that would lead out of its place
        makes no path.
      </p>
      {http.map((row, index) => (
        <Row
          key={row.key}
          {...{ row, index }}
          about={placeProblem(row, tools)}
          change={(more) => set({ http: http.map((one) => (one.key === row.key ? { ...one, ...more } : one)) })}
          remove={() => set({ http: http.filter(({ key }) => key !== row.key) })}
        />
      ))}
      {problem === null ? null : (
        <p id="http-problem" role="alert" className="text-[13px] text-deny">
          {sentence(problem)}
        </p>
      )}
      <datalist id="http-tools">
        {tools.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {tools.length > 0 && free === undefined ? null : (
        <Button look="quiet" className="self-start" onClick={add}>
          <Plus size={14} aria-hidden />
          {http.length === 0 ? 'Add a tool' : 'Another tool'}
        </Button>
      )}
    </fieldset>
  )
}

type RowProps = {
  row: HttpRow
  index: number
  about: string | null
  change(more: Partial<HttpRow>): void
  remove(): void
}

function Row({ row, index, about, change, remove }: RowProps) {
  const hint = `http-${row.key}-hint`
  return (
    <div className="flex flex-col gap-1">
      <div className="grid grid-cols-[1fr_auto_auto] gap-2 sm:grid-cols-[1fr_auto_1.5fr_auto]">
        <Input
          aria-label={`API tool ${index + 1}`}
          placeholder="Tool"
          list="http-tools"
          value={row.tool}
          onChange={(event) => change({ tool: event.target.value })}
          required
        />
        <select
          aria-label={`Method of API tool ${index + 1}`}
          className={inputClass}
          value={row.method.toUpperCase()}
          onChange={(event) => change({ method: event.target.value })}
        >
          {[...new Set([...methods, row.method.toUpperCase()])].map((method) => (
            <option key={method}>{method}</option>
          ))}
        </select>
        <Input
          name="http"
          aria-label={`Path of API tool ${index + 1}`}
          aria-describedby={about === null ? undefined : hint}
          placeholder="/orders/{id}"
          className="font-mono max-sm:order-last max-sm:col-span-full"
          value={row.path}
          onChange={(event) => change({ path: event.target.value })}
          spellCheck={false}
          autoComplete="off"
          required
        />
        <Button look="quiet" className="px-2" aria-label={`Take API tool ${index + 1} away`} onClick={remove}>
          <X size={14} aria-hidden />
        </Button>
      </div>
      {about === null ? null : (
        <p id={hint} className="text-[13px] text-review">
          <Words>{about}</Words>
        </p>
      )}
    </div>
  )
}
