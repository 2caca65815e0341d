'use client'

import { Menu } from '@base-ui/react/menu'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { Rule } from '../../../server/types'
import { Select } from '../../ui/select'
import { argumentsOf, connectionsOf, toolsOf } from '../draft/catalog'
import { type Clause, type Condition, printCondition, readCondition } from '../draft/condition'
import { Problems, placeOf, useEditor } from '../draft/editor-context'
import { CelBox } from './cel-box'
import { ClauseRow } from './clause-row'
import { newClauses } from './new-clauses'

type Props = { path: string; of: string; rule: Rule; onChange(when: string | null, key?: string): void }

const quiet =
  'inline-flex items-center gap-1 text-[12px] text-ink-soft underline-offset-2 hover:text-ink hover:underline'

/** When a rule counts: parts that are picked, or the CEL they write. The CEL is what is kept. */
export function ConditionForm({ path, of, rule, onChange }: Props) {
  const { problems } = useEditor()
  const [asText, setAsText] = useState(false)
  const place = `${path}.when`
  const wrong = problems.at(place)
  const condition = readCondition(rule.when)
  const isText = rule.when !== null && asText
  // With a key, what is typed one after the other is one step to undo.
  const change = (next: Condition, key?: string) => onChange(printCondition(next), key)
  return (
    <div id={placeOf(place)} className="flex flex-col gap-1.5 text-[13px]">
      {isText ? (
        <CelBox
          text={rule.when!}
          of={of}
          problems={wrong}
          onChange={(text) => onChange(text === '' ? null : text, 'when')}
        />
      ) : (
        <Builder {...{ of, rule, condition }} onChange={change} />
      )}
      <div className="flex flex-wrap items-center gap-3">
        {isText ? null : (
          <AddClause
            rule={rule}
            of={of}
            onAdd={(clause) => change({ ...condition, clauses: [...condition.clauses, clause] })}
          />
        )}
        {rule.when === null ? null : (
          <button
            type="button"
            className={quiet}
            aria-label={`${asText ? 'Pick the condition' : 'Edit the condition as CEL'}, ${of}`}
            onClick={() => setAsText(!asText)}
          >
            {asText ? 'as parts' : 'as CEL'}
          </button>
        )}
      </div>
      {isText ? null : <Problems path={place} />}
    </div>
  )
}

type BuilderProps = { of: string; rule: Rule; condition: Condition; onChange(next: Condition, key?: string): void }

function Builder({ of, rule, condition, onChange }: BuilderProps) {
  const { catalog } = useEditor()
  const { join, clauses } = condition
  if (clauses.length === 0) return null
  const known = argumentsOf(toolsOf(catalog, rule))
  const set = (next: Clause[], key?: string) => onChange({ join, clauses: next }, key)
  return (
    <div className="flex flex-col gap-1.5">
      {clauses.map((clause, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part has no name but its place
        <div key={index} className="flex flex-wrap items-center gap-1.5">
          <span className="w-16 shrink-0 text-right text-ink-soft">
            {index === 0 ? 'if' : index === 1 ? null : join === 'all' ? 'and' : 'or'}
            {index === 1 ? (
              <Select
                aria-label={`How the parts of the condition join, ${of}`}
                className="w-16"
                value={join}
                options={[
                  ['all', 'and'],
                  ['any', 'or'],
                ]}
                onValue={(next) => onChange({ join: next, clauses })}
              />
            ) : null}
          </span>
          <ClauseRow
            clause={clause}
            label={`part ${index + 1} of the condition of ${of}`}
            known={known}
            onChange={(next) =>
              set(
                clauses.map((other, at) => (at === index ? next : other)),
                `when.${index}`,
              )
            }
          />
          <button
            type="button"
            className="rounded-md p-1 text-ink-soft hover:text-deny"
            aria-label={`Remove part ${index + 1} of the condition of ${of}`}
            onClick={() => set(clauses.filter((_, at) => at !== index))}
          >
            <X size={13} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  )
}

function AddClause({ rule, of, onAdd }: { rule: Rule; of: string; onAdd(clause: Clause): void }) {
  const { catalog } = useEditor()
  const connections = connectionsOf(catalog, rule)
  const offered = newClauses({
    firstArgument: argumentsOf(toolsOf(catalog, rule))[0],
    hasHttp: connections.some(({ http }) => http.length > 0),
  })
  return (
    <Menu.Root>
      <Menu.Trigger className={quiet} aria-label={`Add a condition to ${of}`}>
        <Plus size={12} aria-hidden />
        {rule.when === null ? 'only if…' : 'another part'}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="start" sideOffset={4} className="z-50">
          <Menu.Popup className="w-60 rounded-md border border-line bg-surface-raised p-1 shadow-float outline-none">
            {offered.map(([words, clause]) => (
              <Menu.Item
                key={words}
                className="rounded-md px-2 py-1.5 text-[13px] outline-none data-highlighted:bg-surface-sunken"
                onClick={() => onAdd(clause)}
              >
                {words}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
