'use client'

import { useState } from 'react'
import type { JsonObject } from '../../server/types'
import { Dialog } from '../ui/dialog'
import { Field, Input, inputClass, TextArea } from '../ui/field'
import { type ArgumentField, argumentsOf, fieldsOf } from './argument-fields'
import { type VoteDialogProps, VoteForm } from './vote-form'

type Props = VoteDialogProps & { onOffer: (args: JsonObject, note: string) => void }

/** The arguments in a form made from the tool's schema, to be changed and offered instead. */
export function CounterOffer({ review, open, busy, problem, onClose, onOffer }: Props) {
  const [before] = useState(() => fieldsOf(JSON.parse(review.arguments) as JsonObject, review.inputSchema))
  const [fields, setFields] = useState(before)
  const [note, setNote] = useState('')
  const [wrong, setWrong] = useState<Record<string, string>>({})
  const set = (name: string, text: string) =>
    setFields(fields.map((field) => (field.name === name ? { ...field, text } : field)))
  const changed = fields.filter((field, at) => field.text !== before[at]?.text)
  const offer = () => {
    const read = argumentsOf(fields)
    setWrong('problems' in read ? read.problems : {})
    if ('args' in read) onOffer(read.args, note.trim())
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Change and offer"
      about="Nothing runs. The caller reads the new arguments, and the call with exactly them is approved once."
    >
      <VoteForm
        onSubmit={offer}
        onBack={onClose}
        submit={busy ? 'Offering…' : 'Offer this instead'}
        busy={busy || changed.length === 0}
        problem={problem}
      >
        {fields.map((field, at) => {
          const was = before[at]?.text ?? ''
          const hint = field.text === was ? field.about : `it was ${was === '' ? 'empty' : was}`
          return (
            <Field
              key={field.name}
              id={`arg-${field.name}`}
              label={`${field.name}${field.required ? '' : ' (optional)'}${field.text === was ? '' : ' · changed'}`}
              hint={hint}
              problem={wrong[field.name] ?? null}
            >
              <Control field={field} onChange={(text) => set(field.name, text)} />
            </Field>
          )
        })}
        <Field id="counter-note" label="Why" hint="The caller, and the AI that asked, read this.">
          <TextArea id="counter-note" value={note} maxLength={1000} onChange={(event) => setNote(event.target.value)} />
        </Field>
      </VoteForm>
    </Dialog>
  )
}

function Control({ field, onChange }: { field: ArgumentField; onChange: (text: string) => void }) {
  const { name, kind, text, choices, required } = field
  const id = `arg-${name}`
  if (kind === 'choice' || kind === 'boolean')
    return (
      <select id={id} className={inputClass} value={text} onChange={(event) => onChange(event.target.value)}>
        {required ? null : <option value="">leave out</option>}
        {(kind === 'boolean' ? ['true', 'false'] : choices).map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    )
  const long = kind === 'json' || text.length > 60 || text.includes('\n')
  const shared = { id, value: text, spellCheck: false, className: kind === 'text' ? '' : 'font-mono' }
  if (long) return <TextArea {...shared} onChange={(event) => onChange(event.target.value)} />
  return (
    <Input
      {...shared}
      inputMode={kind === 'number' || kind === 'integer' ? 'decimal' : 'text'}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
