'use client'

import { useRouter } from 'next/navigation'
import { type ReactNode, useState, useTransition } from 'react'
import type { SeenPerson } from '../../../server/roles/schemas'
import { Button } from '../../ui/button'
import { Field, Input, inputClass } from '../../ui/field'
import { Form } from '../../ui/form'
import type { Catalog } from '../draft/catalog'
import { ArgumentsFields, useArguments } from './arguments-fields'

type Query = Partial<Record<string, string>>
type Props = {
  query: Query
  catalog: Catalog
  people: SeenPerson[]
  self: string
  everybody: boolean
  /** The answer to `query`. */
  children: ReactNode
}
type Question = 'who' | 'what' | 'why' | 'try'

const questions: [Question, string][] = [
  ['who', 'Who can do this?'],
  ['what', 'What can this person do?'],
  ['why', 'Why was this decided so?'],
  ['try', 'What would be decided?'],
]
const actions = [
  ['tools/call', 'call the tool'],
  ['resources/read', 'read the resource'],
  ['prompts/get', 'get the prompt'],
] as const

/** Four questions; the answer is a page of its own, by its URL. Beside another question it says that it is not the answer to it. */
export function AskForm({ query, catalog, people, self, everybody, children }: Props) {
  const router = useRouter()
  const [busy, start] = useTransition()
  const offered = questions.filter(([question]) => everybody || question !== 'who')
  const [ask, setAsk] = useState(offered.find(([question]) => question === query.ask)?.[0] ?? offered[0]![0])
  const [values, setValues] = useState({
    connection: query.connection ?? (ask === 'what' ? '' : (catalog[0]?.name ?? '')),
    action: query.action ?? 'tools/call',
    resource: query.resource ?? '',
    person: query.person ?? self,
    groups: query.groups ?? '',
    entry: query.entry ?? '',
  })
  const set = (patch: Partial<typeof values>) => setValues({ ...values, ...patch })
  const tools = catalog.find(({ name }) => name === values.connection)?.tools ?? []
  const isTool = values.action === 'tools/call'
  const schema = (isTool ? tools.find(({ name }) => name === values.resource)?.inputSchema : null) ?? null
  // What was asked before is about the tool it was asked of.
  const isSame = values.connection === query.connection && values.resource === query.resource
  const about = JSON.stringify([values.connection, values.action, values.resource])
  const args = useArguments(about, isSame ? query.args : undefined, schema)
  const texts = ask === 'try' ? args.fields.map(({ name, text }) => [name, text]) : []
  const stands = JSON.stringify([ask, askedIn(ask, values), texts])
  const [asked] = useState(stands)
  const submit = () => {
    const read = ask === 'try' ? args.read() : '{}'
    if (read === null) return
    const question = new URLSearchParams({ ask, ...askedIn(ask, values) })
    if (ask === 'try') question.set('args', read)
    start(() => router.push(`/ask?${question}`))
  }
  /** A tool of the one connection is none of the other's. */
  const connect = (connection: string) => {
    const has = (name: string) =>
      catalog.find((one) => one.name === name)?.tools.some((tool) => tool.name === values.resource) ?? false
    set({ connection, ...(has(values.connection) && !has(connection) ? { resource: '' } : {}) })
  }
  return (
    <>
      <Form className="flex flex-col gap-4 rounded-md border border-line bg-surface-raised p-4" onSend={submit}>
        <fieldset className="flex flex-wrap gap-x-5 gap-y-2">
          <legend className="sr-only">Question</legend>
          {offered.map(([question, words]) => (
            <label key={question} className="flex items-center gap-1.5 text-[13px] font-medium">
              <input type="radio" name="ask" checked={ask === question} onChange={() => setAsk(question)} />
              {words}
            </label>
          ))}
        </fieldset>
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
          {ask === 'what' || ask === 'try' ? <Person {...{ people, values, set, everybody }} /> : null}
          {ask === 'why' ? (
            <div className="sm:col-span-2">
              <Field id="entry" label="Step" hint="Its id. A step of a session leads here, too.">
                <Input
                  id="entry"
                  required
                  className="font-mono"
                  value={values.entry}
                  onChange={(event) => set({ entry: event.target.value })}
                />
              </Field>
            </div>
          ) : (
            <Choice id="connection" label="Connection" value={values.connection} onChange={connect}>
              {ask === 'what' ? <option value="">every connection</option> : null}
              {withChosen(
                catalog.map(({ name }) => name),
                values.connection,
              ).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Choice>
          )}
          {ask === 'who' || ask === 'try' ? (
            <>
              <Choice id="action" label="Action" value={values.action} onChange={(action) => set({ action })}>
                {actions.map(([action, words]) => (
                  <option key={action} value={action}>
                    {words}
                  </option>
                ))}
              </Choice>
              <Field id="resource" label="Tool, URI or prompt">
                <Input
                  id="resource"
                  required
                  list="tools"
                  autoComplete="off"
                  className="font-mono"
                  value={values.resource}
                  onChange={(event) => set({ resource: event.target.value })}
                />
                <datalist id="tools">
                  {tools.map(({ name, title }) => (
                    <option key={name} value={name}>
                      {title}
                    </option>
                  ))}
                </datalist>
              </Field>
            </>
          ) : null}
        </div>
        {ask === 'try' ? <ArgumentsFields fields={args.fields} wrong={args.wrong} onChange={args.set} /> : null}
        <div>
          <Button type="submit" look="main" disabled={busy}>
            {busy ? 'Asking…' : 'Ask'}
          </Button>
        </div>
      </Form>
      {children !== null && stands !== asked ? (
        <p role="status" className="text-[13px] text-review">
          The answer below is to the question as it was asked before; ask for the answer to this one.
        </p>
      ) : null}
      {children}
    </>
  )
}

type Values = Record<'connection' | 'action' | 'resource' | 'person' | 'groups' | 'entry', string>

/** What of the form a question is about. */
function askedIn(
  ask: Question,
  { connection, action, resource, person, groups, entry }: Values,
): Record<string, string> {
  const who = { person, ...(person === 'groups' ? { groups } : {}) }
  switch (ask) {
    case 'who':
      return { connection, action, resource }
    case 'what':
      return { ...who, connection }
    case 'why':
      return { entry }
    case 'try':
      return { ...who, connection, action, resource }
  }
}

/** A list shows what is chosen, though it is gone by now: else another one would seem to be. */
const withChosen = (names: string[], chosen: string): string[] =>
  chosen === '' || names.includes(chosen) ? names : [chosen, ...names]

type ChoiceProps = { id: string; label: string; value: string; onChange(value: string): void; children: ReactNode }

const Choice = ({ id, label, value, onChange, children }: ChoiceProps) => (
  <Field id={id} label={label}>
    <select id={id} className={inputClass} value={value} onChange={(event) => onChange(event.target.value)}>
      {children}
    </select>
  </Field>
)

type PersonValues = { person: string; groups: string }
type PersonProps = {
  people: SeenPerson[]
  values: PersonValues
  set(patch: Partial<PersonValues>): void
  everybody: boolean
}

/** Somebody seen before, or anybody with these groups. */
function Person({ people, values, set, everybody }: PersonProps) {
  return (
    <>
      <Choice id="person" label="Person" value={values.person} onChange={(person) => set({ person })}>
        {people.map(({ id, name, groups }) => (
          <option key={id} value={id}>
            {groups.length === 0 ? name : `${name} (${groups.join(', ')})`}
          </option>
        ))}
        {values.person === 'groups' || people.some(({ id }) => id === values.person) ? null : (
          <option>{values.person}</option>
        )}
        {everybody ? <option value="groups">anybody with these groups</option> : null}
      </Choice>
      {values.person === 'groups' ? (
        <Field id="groups" label="Groups" hint="Separated by commas.">
          <Input id="groups" value={values.groups} onChange={(event) => set({ groups: event.target.value })} />
        </Field>
      ) : null}
    </>
  )
}
