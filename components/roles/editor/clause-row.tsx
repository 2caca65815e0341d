'use client'

import { useEffect, useState } from 'react'
import { inlineFieldClass } from '../../ui/inline-field'
import { InlineText } from '../../ui/inline-text'
import { NumberInput } from '../../ui/number-input'
import { Picker } from '../../ui/picker'
import { Select } from '../../ui/select'
import type { Argument } from '../draft/catalog'
import type { Clause, SqlList } from '../draft/condition'
import { useEditor } from '../draft/editor-context'
import { ArgumentClause } from './argument-clause'

type Of<K extends Clause['kind']> = Extract<Clause, { kind: K }>
type Props = { clause: Clause; label: string; known: Argument[]; onChange(clause: Clause): void }

const small = `${inlineFieldClass} border-line font-mono`
const isOrNot: ['is' | 'not', string][] = [
  ['is', 'is'],
  ['not', 'is not'],
]

/** One part of a condition, as the controls that say it. */
export function ClauseRow({ clause, label, known, onChange }: Props) {
  switch (clause.kind) {
    case 'argument':
      return <ArgumentClause {...{ clause, label, known, onChange }} />
    case 'read-only':
      return (
        <>
          the SQL
          <Select
            aria-label={label}
            value={clause.is ? 'is' : 'not'}
            options={[
              ['is', 'only reads'],
              ['not', 'does more than read'],
            ]}
            onValue={(value) => onChange({ ...clause, is: value === 'is' })}
          />
        </>
      )
    case 'sql':
      return <SqlClause {...{ clause, label, onChange }} />
    case 'method':
      return (
        <>
          the HTTP method is one of
          <Picker
            label={`methods in ${label}`}
            values={clause.values}
            options={['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map((value) => ({ value }))}
            // Calls have them in capitals, so that another spelling would never match.
            onChange={(values) => onChange({ ...clause, values: values.map((value) => value.toUpperCase()) })}
            free="Search, or type a method"
          />
        </>
      )
    case 'path':
      return (
        <>
          the HTTP path begins with
          <input
            className={`${small} w-56`}
            aria-label={`Path in ${label}`}
            value={clause.prefix}
            onChange={(event) => onChange({ ...clause, prefix: event.target.value })}
          />
        </>
      )
    case 'hours':
    case 'days':
      return <TimeClause {...{ clause, label, onChange }} />
    case 'group':
      return <GroupClause {...{ clause, label, onChange }} />
    case 'text':
      return <TextClause {...{ clause, label, onChange }} />
  }
}

type PartProps<K extends Clause['kind']> = { clause: Of<K>; label: string; onChange(clause: Clause): void }

const sqlWords = { tables: 'tables', verbs: 'verbs', columns: 'columns', functions: 'functions' } satisfies Record<
  SqlList,
  string
>
const verbs = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY', 'CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'CALL']

function SqlClause({ clause, label, onChange }: PartProps<'sql'>) {
  const { list, only, values } = clause
  return (
    <>
      the SQL uses
      <Select
        aria-label={`How, ${label}`}
        value={only ? 'only' : 'none'}
        options={[
          ['only', 'only'],
          ['none', 'none of'],
        ]}
        onValue={(value) => onChange({ ...clause, only: value === 'only' })}
      />
      the {sqlWords[list]}
      <Picker
        label={`${list} in ${label}`}
        values={values}
        options={list === 'verbs' ? verbs.map((value) => ({ value })) : []}
        onChange={(next) => onChange({ ...clause, values: next })}
        free={list === 'tables' ? 'Type a table, such as public.customers' : `Type one of the ${list}`}
        empty="which?"
      />
    </>
  )
}

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

function TimeClause({ clause, label, onChange }: PartProps<'hours' | 'days'>) {
  const hour = (key: 'from' | 'to', hours: Of<'hours'>) => (
    <NumberInput
      aria-label={`${key === 'from' ? 'From' : 'To'} hour in ${label}`}
      className="w-12"
      value={hours[key]}
      onValue={(value) => onChange({ ...hours, [key]: Math.max(0, Math.min(24, Math.round(value))) })}
    />
  )
  return (
    <>
      {clause.kind === 'hours' ? (
        <>
          it is between {hour('from', clause)} and {hour('to', clause)} o’clock
        </>
      ) : (
        <fieldset className="flex flex-wrap items-center gap-2">
          <legend className="sr-only">Days in {label}</legend>
          {[1, 2, 3, 4, 5, 6, 0].map((day) => (
            <label key={day} className="flex items-center gap-1">
              <input
                type="checkbox"
                checked={clause.days.includes(day)}
                onChange={(event) =>
                  onChange({
                    ...clause,
                    days: event.target.checked ? [...clause.days, day] : clause.days.filter((other) => other !== day),
                  })
                }
              />
              {dayNames[day]}
            </label>
          ))}
        </fieldset>
      )}
      in
      <input
        className={`${small} w-44`}
        aria-label={`Time zone in ${label}`}
        value={clause.zone}
        onChange={(event) => onChange({ ...clause, zone: event.target.value })}
      />
    </>
  )
}

function GroupClause({ clause, label, onChange }: PartProps<'group'>) {
  const { claims } = useEditor()
  const groups = claims.find(({ claim }) => claim === 'groups')?.values ?? []
  return (
    <>
      the person
      <Select
        aria-label={`Whether, ${label}`}
        value={clause.is ? 'is' : 'not'}
        options={isOrNot}
        onValue={(value) => onChange({ ...clause, is: value === 'is' })}
      />
      in
      <Picker
        label={`group in ${label}`}
        values={clause.group === '' ? [] : [clause.group]}
        options={groups.map(({ value }) => ({ value }))}
        onChange={(next) => onChange({ ...clause, group: next.at(-1) ?? '' })}
        free="Search, or type a group"
        empty="which group?"
      />
    </>
  )
}

/** Kept when one leaves it: half a text would fall into other parts. */
function TextClause({ clause, label, onChange }: PartProps<'text'>) {
  const [text, setText] = useState(clause.text)
  useEffect(() => setText(clause.text), [clause.text])
  const keep = () => (text.trim() === '' || text === clause.text ? setText(clause.text) : onChange({ ...clause, text }))
  return (
    <InlineText
      className={`${small} min-w-64 flex-1`}
      aria-label={`CEL of ${label}`}
      value={text}
      onValue={setText}
      onBlur={keep}
      onEnter={keep}
    />
  )
}
