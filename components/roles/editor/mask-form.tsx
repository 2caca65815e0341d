'use client'

import { useQueries } from '@tanstack/react-query'
import type { SeenField } from '../../../server/roles/schemas'
import type { DetectorName, Mask, MaskStyle } from '../../../server/types'
import { get } from '../../api'
import { type Option, Picker } from '../../ui/picker'
import { Select } from '../../ui/select'
import { count } from '../../ui/text'
import { connectionsOf } from '../draft/catalog'
import { Problems, placeOf, useDocument, useEditor } from '../draft/editor-context'
import { changeMask } from '../draft/edits'
import { NameField } from './name-field'
import { WhereFields } from './where-fields'

const detectors: [DetectorName, string][] = [
  ['email', 'e-mail addresses'],
  ['credit_card', 'card numbers (checksum holds)'],
  ['iban', 'IBANs (checksum holds)'],
  ['jwt', 'tokens (JWT)'],
  ['private_key', 'private keys'],
  ['aws_key', 'AWS keys'],
]
const styles: [MaskStyle, string][] = [
  ['null', 'replaced with null'],
  ['redact', 'blacked out'],
  ['hash', 'replaced with a keyed hash, so that equal values stay equal'],
  ['partial', 'shown in part, a quarter at most'],
]

/** What replies hide, where, how, and from whom not. */
export function MaskForm({ m, mask }: { m: number; mask: Mask }) {
  const { edit } = useEditor()
  const document = useDocument()
  const path = `masks.${m}`
  const of = `mask ${mask.id}`
  const set = (patch: Partial<Mask>, key?: string) => edit((now) => changeMask(now, m, patch), key)
  return (
    <div id={placeOf(path)} className="flex flex-col gap-4 text-[13px]">
      <NameField
        id={placeOf(`${path}.id`)}
        label="Name of the mask"
        value={mask.id}
        onChange={(id) => set({ id }, `${path}.id`)}
      />
      <Problems path={`${path}.id`} />
      <Part title="In replies of">
        <div className="flex flex-wrap items-center gap-1.5">
          <WhereFields path={path} of={of} named={mask} onChange={set} />
        </div>
        <Problems path={`${path}.resources`} />
        <Problems path={`${path}.connections`} />
      </Part>
      <Part title="Hide these fields">
        <Fields {...{ path, of, mask }} onChange={(fields) => set({ fields })} />
        <p className="mt-1 text-[12px] text-ink-soft">A key, a column, or a path such as customers.email.</p>
        <Problems path={`${path}.fields`} />
      </Part>
      <Part title="And whatever looks like">
        <div id={placeOf(`${path}.detectors`)} className="grid gap-x-4 gap-y-1.5 sm:grid-cols-2">
          {detectors.map(([name, words]) => (
            <label key={name} className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={mask.detectors.includes(name)}
                onChange={(event) =>
                  set({
                    detectors: event.target.checked
                      ? [...mask.detectors, name]
                      : mask.detectors.filter((other) => other !== name),
                  })
                }
              />
              {words}
            </label>
          ))}
        </div>
      </Part>
      <Part title="Hidden values are">
        <Select
          id={placeOf(`${path}.style`)}
          aria-label={`Style of ${of}`}
          value={mask.style}
          options={styles}
          onValue={(style) => set({ style })}
        />
      </Part>
      <Part title="Except for people with the role">
        <Picker
          id={placeOf(`${path}.except`)}
          label={`roles that see through ${of}`}
          values={mask.except}
          options={document.roles.map((role) => ({ value: role.name, about: role.description }))}
          onChange={(except) => set({ except })}
          empty="nobody"
        />
        <Problems path={`${path}.except`} />
      </Part>
      <Problems path={path} own />
    </div>
  )
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">{title}</legend>
      {children}
    </fieldset>
  )
}

type FieldsProps = { path: string; of: string; mask: Mask; onChange(fields: string[]): void }

/** Offered: names that replies of these connections had; their values never come here. */
function Fields({ path, of, mask, onChange }: FieldsProps) {
  const { catalog } = useEditor()
  const connections = connectionsOf(catalog, mask).slice(0, 10)
  const found = useQueries({
    queries: connections.map(({ name }) => ({
      queryKey: ['fields', name],
      queryFn: () => get<SeenField[]>(`/api/policy/fields?connection=${encodeURIComponent(name)}`),
      staleTime: 60_000,
    })),
  })
  const options = new Map<string, Option>()
  found.forEach(({ data = [] }, index) => {
    for (const { field, tools, replies } of data)
      options.set(field, {
        value: field,
        about: `${tools.slice(0, 3).join(', ')} · ${replies === 0 ? 'declared' : `in ${count(replies, 'reply', 'replies')}`}`,
        group: `Seen in replies of ${connections[index]?.name}`,
      })
  })
  return (
    <Picker
      id={placeOf(`${path}.fields`)}
      label={`fields of ${of}`}
      values={mask.fields}
      options={[...options.values()]}
      onChange={onChange}
      free="Search names seen in replies, or type one"
      empty="which?"
    />
  )
}
