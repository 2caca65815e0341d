'use client'

import { Plus } from 'lucide-react'
import { useRef, useState } from 'react'
import type { PolicyDocument, Role } from '../../../server/types'
import { Button } from '../../ui/button'
import { cardClass, Section } from '../../ui/page'
import { focusOn, Problems, placeOf, useDocument, useEditor } from '../draft/editor-context'
import { addRule, changeRole, renameRole } from '../draft/edits'
import { MembersField } from './members-field'
import { NameField } from './name-field'
import { RuleForm } from './rule-form'

const shownAtOnce = 40

/** A role: who has it, and what its rules say. `upTo`: a rule that must be among those shown. */
export function RoleForm({ r, role, upTo }: { r: number; role: Role; upTo: number }) {
  const { edit } = useEditor()
  const document = useDocument()
  const typedFrom = useRef<PolicyDocument | null>(null)
  const [more, setMore] = useState(shownAtOnce)
  const path = `roles.${r}`
  const set = (patch: Partial<Omit<Role, 'name'>>, key?: string) =>
    edit((now) => changeRole(now, r, patch), key === undefined ? undefined : `${path}.${key}`)
  const shown = Math.max(more, upTo + 1)
  const add = () => {
    edit((now) => addRule(now, r))
    setMore(Math.max(more, role.rules.length + 1))
    setTimeout(() => focusOn(`${path}.rules.${role.rules.length}.resources`), 0)
  }
  return (
    <div id={placeOf(path)} className="flex flex-col gap-5">
      <div className="grid gap-4 sm:grid-cols-[minmax(0,320px)_minmax(0,1fr)]">
        <NameField
          id={placeOf(`${path}.name`)}
          label="Name of the role"
          value={role.name}
          onFocus={() => {
            typedFrom.current = document
          }}
          onChange={(name) => edit((now) => renameRole(now, r, name, typedFrom.current ?? now), `${path}.name`)}
        />
        <NameField
          wide
          id={placeOf(`${path}.description`)}
          label="Description"
          value={role.description}
          onChange={(description) => set({ description }, 'description')}
        />
      </div>
      <Problems path={`${path}.name`} />
      <Problems path={`${path}.description`} />
      <div className="text-[13px]">
        <p className="mb-1.5 font-medium">Who has it</p>
        <MembersField
          id={placeOf(`${path}.members`)}
          label={`members of role ${role.name}`}
          members={role.members}
          onChange={(members) => set({ members })}
        />
        <Problems path={`${path}.members`} />
      </div>
      <Section title="What they may do">
        {role.rules.length === 0 ? (
          <p className="mb-2 text-[13px] text-ink-soft">Nothing yet: without a rule a role allows nothing.</p>
        ) : (
          <ul className={`${cardClass} mb-2 divide-y divide-line`}>
            {role.rules.slice(0, shown).map((rule, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a rule's id changes while it is typed
              <RuleForm key={n} {...{ r, n, rule }} last={n === role.rules.length - 1} />
            ))}
          </ul>
        )}
        <div className="flex flex-wrap gap-2">
          <Button id={placeOf(`${path}.rules`)} onClick={add}>
            <Plus size={14} aria-hidden />
            Add a rule
          </Button>
          {role.rules.length > shown ? (
            <Button look="quiet" onClick={() => setMore(shown + 100)}>
              Show more of {role.rules.length.toLocaleString('en')} rules
            </Button>
          ) : null}
        </div>
        <Problems path={`${path}.rules`} own />
      </Section>
    </div>
  )
}
