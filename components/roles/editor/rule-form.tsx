'use client'

import { memo } from 'react'
import type { Effect, Rule } from '../../../server/types'
import { inlineFieldClass } from '../../ui/inline-field'
import { type Option, Picker } from '../../ui/picker'
import { Select } from '../../ui/select'
import { Problems, placeOf, useEditor } from '../draft/editor-context'
import { changeRule, duplicateRule, moveRule, removeRule, setEffect } from '../draft/edits'
import { ConditionForm } from './condition-form'
import { ReviewForm } from './review-form'
import { RowActions } from './row-actions'
import { MatchesToday, WhereFields } from './where-fields'

const effects: [Effect, string][] = [
  ['allow', 'may'],
  ['review', 'may, once approved,'],
  ['deny', 'may never'],
]
const colors = {
  allow: 'text-allow border-allow/50',
  review: 'text-review border-review/50',
  deny: 'text-deny border-deny/50',
} satisfies Record<Effect, string>

const actions: Option[] = [
  { value: 'tools/call', label: 'call', about: 'tools' },
  { value: 'resources/read', label: 'read', about: 'resources, by URI' },
  { value: 'prompts/get', label: 'get', about: 'prompts' },
]

type Props = { r: number; n: number; rule: Rule; last: boolean }

/** One rule: a sentence whose parts are picked in place. */
export const RuleForm = memo(function RuleForm({ r, n, rule, last }: Props) {
  const { edit } = useEditor()
  const path = `roles.${r}.rules.${n}`
  const of = `rule ${rule.id}`
  const set = (patch: Partial<Rule>, key?: string) =>
    edit((document) => changeRule(document, r, n, patch), key === undefined ? undefined : `${path}.${key}`)
  return (
    <li id={placeOf(path)} className="flex flex-col gap-2.5 px-4 py-3" aria-label={of}>
      <div className="flex items-center justify-between gap-2">
        <input
          id={placeOf(`${path}.id`)}
          aria-label={`Name of ${of}`}
          className={`${inlineFieldClass} w-64 border-transparent font-mono hover:border-line`}
          value={rule.id}
          spellCheck={false}
          onChange={(event) => set({ id: event.target.value }, 'id')}
        />
        <RowActions
          what={of}
          first={n === 0}
          last={last}
          onMove={(by) => edit((document) => moveRule(document, r, n, by))}
          onCopy={() => edit((document) => duplicateRule(document, r, n))}
          onRemove={() => edit((document) => removeRule(document, r, n))}
        />
      </div>
      <div className="flex flex-wrap items-center gap-1.5 text-[13px]">
        <Select
          id={placeOf(`${path}.effect`)}
          aria-label={`Effect of ${of}`}
          className="font-medium"
          tone={colors[rule.effect]}
          value={rule.effect}
          options={effects}
          onValue={(effect) => edit((document) => setEffect(document, r, n, effect))}
        />
        <Picker
          id={placeOf(`${path}.actions`)}
          label={`actions of ${of}`}
          values={rule.actions}
          options={actions}
          onChange={(next) => set({ actions: next })}
          free="Search, or type * or an extension's method"
          mono={false}
        />
        <WhereFields path={path} of={of} named={rule} onChange={set} />
      </div>
      <Problems path={`${path}.id`} />
      <Problems path={`${path}.actions`} />
      <Problems path={`${path}.resources`} />
      <Problems path={`${path}.connections`} />
      <MatchesToday named={rule} />
      <ConditionForm path={path} of={of} rule={rule} onChange={(when, key) => set({ when }, key)} />
      {rule.review === null ? null : (
        <ReviewForm
          path={`${path}.review`}
          of={of}
          review={rule.review}
          onChange={(patch, key) => set({ review: { ...rule.review!, ...patch } }, `review.${key}`)}
        />
      )}
      <Problems path={path} own />
    </li>
  )
})
