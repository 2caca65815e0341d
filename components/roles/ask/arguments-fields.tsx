'use client'

import { useState } from 'react'
import type { JsonObject } from '../../../server/types'
import { type ArgumentField, argumentsOf, fieldsOf } from '../../reviews/argument-fields'
import { Field, Input, inputClass, TextArea } from '../../ui/field'
import { isJson, objectOf } from '../../ui/text'

type Schema = JsonObject | null

type Texts = Record<string, string>
const nothing: { typed: Texts; wrong: Texts } = { typed: {}, wrong: {} }

/**
 * The arguments of a call to try, in fields from the tool's schema; as JSON where there is none. What was typed is of the tool
 * that it was typed for (`about`): another one may have a field of that name.
 */
export function useArguments(about: string, given: string | undefined, schema: Schema) {
  const [kept, setKept] = useState({ about, ...nothing })
  const { typed, wrong } = kept.about === about ? kept : nothing
  const args = (objectOf(given ?? '{}') ?? {}) as JsonObject
  const fields =
    schema === null
      ? [{ ...whole, text: typed[''] ?? JSON.stringify(args) }]
      : fieldsOf(args, schema).map((field) => ({ ...field, text: typed[field.name] ?? field.text }))
  return {
    fields,
    wrong,
    set: (name: string, text: string) => setKept({ about, typed: { ...typed, [name]: text }, wrong }),
    /** As JSON; null when a field is wrong. */
    read: (): string | null => {
      const read = schema === null ? readWhole(fields[0]!.text) : argumentsOf(fields)
      setKept({ about, typed, wrong: 'problems' in read ? read.problems : {} })
      return 'args' in read ? JSON.stringify(read.args) : null
    },
  }
}

const whole: ArgumentField = { name: '', kind: 'json', text: '', given: true, required: false, choices: [], about: '' }

const readWhole = (text: string): ReturnType<typeof argumentsOf> =>
  isJson(text) && objectOf(text) !== null
    ? { args: JSON.parse(text) as JsonObject }
    : { problems: { '': 'this is no JSON object' } }

type Props = { fields: ArgumentField[]; wrong: Record<string, string>; onChange(name: string, text: string): void }

export function ArgumentsFields({ fields, wrong, onChange }: Props) {
  if (fields.length === 0) return <p className="text-[13px] text-ink-soft">This tool takes no arguments.</p>
  return (
    <fieldset className="grid gap-3 sm:grid-cols-2">
      <legend className="mb-1 text-[13px] font-medium">Arguments</legend>
      {fields.map((field) => (
        <Field
          key={field.name}
          id={`arg-${field.name}`}
          label={field.name === '' ? 'As JSON' : `${field.name}${field.required ? '' : ' (optional)'}`}
          hint={field.about}
          problem={wrong[field.name] ?? null}
        >
          <Control field={field} onChange={(text) => onChange(field.name, text)} />
        </Field>
      ))}
    </fieldset>
  )
}

function Control({
  field: { name, kind, text, choices },
  onChange,
}: {
  field: ArgumentField
  onChange(text: string): void
}) {
  const id = `arg-${name}`
  if (kind === 'choice' || kind === 'boolean')
    return (
      <select id={id} className={inputClass} value={text} onChange={(event) => onChange(event.target.value)}>
        <option value="">leave out</option>
        {(kind === 'boolean' ? ['true', 'false'] : choices).map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    )
  const shared = { id, value: text, spellCheck: false, className: 'font-mono' }
  if (kind === 'json') return <TextArea {...shared} onChange={(event) => onChange(event.target.value)} />
  return <Input {...shared} onChange={(event) => onChange(event.target.value)} />
}
