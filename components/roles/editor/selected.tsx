'use client'

import { useDocument, useEditor } from '../draft/editor-context'
import { duplicateMask, duplicateRole, moveMask, moveRole, removeMask, removeRole } from '../draft/edits'
import { MaskForm } from './mask-form'
import { RoleForm } from './role-form'
import { RowActions } from './row-actions'

type Props = { at: string; target: string | null; onGo(path: string): void }

/** The role or mask that is open, with what can be done to it as a whole. */
export function Selected({ at, target, onGo }: Props) {
  const { edit } = useEditor()
  const document = useDocument()
  const [list = '', index = ''] = at.split('.')
  // What was open may have been undone away.
  const n = Math.min(Number(index), (list === 'roles' ? document.roles : document.masks).length - 1)
  const role = list === 'roles' ? document.roles[n] : undefined
  const mask = list === 'masks' ? document.masks[n] : undefined
  if (role === undefined && mask === undefined) return null
  const isRole = role !== undefined
  const total = isRole ? document.roles.length : document.masks.length
  const act = isRole
    ? { move: moveRole, copy: duplicateRole, remove: removeRole }
    : { move: moveMask, copy: duplicateMask, remove: removeMask }
  const wanted = target?.startsWith(`${at}.rules.`) ? Number(target.split('.')[3]) : -1
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-2">
        <h2 className="min-w-0 truncate text-[16px] font-semibold">{role?.name ?? mask?.id}</h2>
        <RowActions
          what={isRole ? `role ${role.name}` : `mask ${mask?.id}`}
          first={n === 0}
          last={n === total - 1}
          onMove={(by) => {
            edit((now) => act.move(now, n, by))
            onGo(`${list}.${n + by}`)
          }}
          onCopy={() => {
            edit((now) => act.copy(now, n))
            onGo(`${list}.${n + 1}`)
          }}
          onRemove={() => {
            edit((now) => act.remove(now, n))
            onGo(`${list}.${Math.max(0, n - 1)}`)
          }}
        />
      </div>
      {role === undefined ? null : <RoleForm key={at} r={n} role={role} upTo={wanted} />}
      {mask === undefined ? null : <MaskForm key={at} m={n} mask={mask} />}
    </div>
  )
}
