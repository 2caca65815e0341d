'use client'

import { clsx } from 'clsx'
import { CircleX, EyeOff, Plus, TriangleAlert, Users } from 'lucide-react'
import { memo } from 'react'
import type { DraftProblem } from '../../../server/roles/schemas'
import { count } from '../../ui/text'
import { useDocument, useEditor } from '../draft/editor-context'
import { addMask, addRole } from '../draft/edits'

type Props = { at: string; onGo(path: string): void }

const row =
  'flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left text-[13px] hover:bg-surface-sunken aria-[current=true]:bg-surface-sunken aria-[current=true]:font-medium'

/** Roles and masks of the draft, with what is wrong in each. */
export function Outline({ at, onGo }: Props) {
  const { edit } = useEditor()
  const { roles, masks } = useDocument()
  const addAnd = (add: typeof addRole, path: string) => {
    edit(add)
    onGo(path)
  }
  return (
    <nav aria-label="Roles and masks of the draft" className="flex flex-col gap-4">
      <List title="Roles" add="Add a role" onAdd={() => addAnd(addRole, `roles.${roles.length}.name`)}>
        {roles.map(({ name, rules }, r) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: a role's name changes while it is typed
            key={r}
            path={`roles.${r}`}
            isOpen={at === `roles.${r}`}
            onGo={onGo}
            name={name}
            about={count(rules.length, 'rule')}
            kind="role"
          />
        ))}
      </List>
      <List title="Masks" add="Add a mask" onAdd={() => addAnd(addMask, `masks.${masks.length}.id`)}>
        {masks.map(({ id, fields, detectors }, m) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: a mask's id changes while it is typed
            key={m}
            path={`masks.${m}`}
            isOpen={at === `masks.${m}`}
            onGo={onGo}
            name={id}
            about={count(fields.length + detectors.length, 'kind')}
            kind="mask"
          />
        ))}
      </List>
    </nav>
  )
}

type ListProps = { title: string; add: string; onAdd(): void; children: React.ReactNode }

const List = ({ title, add, onAdd, children }: ListProps) => (
  <section aria-label={title}>
    <h2 className="mb-1 px-2 text-[12px] font-semibold text-ink-soft">{title}</h2>
    <ul className="max-h-[45dvh] overflow-y-auto">{children}</ul>
    <button type="button" className={`${row} text-ink-soft`} onClick={onAdd}>
      <Plus size={14} aria-hidden />
      {add}
    </button>
  </section>
)

type RowProps = {
  path: string
  isOpen: boolean
  onGo(path: string): void
  name: string
  about: string
  kind: 'role' | 'mask'
}

const Row = memo(function Row({ path, isOpen, onGo, name, about, kind }: RowProps) {
  const { problems } = useEditor()
  const Icon = kind === 'role' ? Users : EyeOff
  return (
    <li>
      <button
        type="button"
        data-row
        className={row}
        aria-current={isOpen ? 'true' : undefined}
        onClick={() => onGo(path)}
      >
        <Icon size={14} className={clsx('shrink-0', kind === 'mask' ? 'text-masked' : 'text-ink-soft')} aria-hidden />
        <span className="min-w-0 flex-1 truncate">{name || `unnamed ${kind}`}</span>
        <Wrong problems={problems.in(path)} />
        <span className="tabular text-[12px] text-ink-soft">{about}</span>
      </button>
    </li>
  )
})

function Wrong({ problems }: { problems: DraftProblem[] }) {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  if (problems.length === 0) return null
  const words = errors > 0 ? count(errors, 'error') : count(problems.length, 'warning')
  const Icon = errors > 0 ? CircleX : TriangleAlert
  return (
    <span className={errors > 0 ? 'text-deny' : 'text-review'} title={words}>
      <Icon size={14} aria-hidden />
      <span className="sr-only">{words}</span>
    </span>
  )
}
