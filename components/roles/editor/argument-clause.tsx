'use client'

import { useId } from 'react'
import { inlineFieldClass } from '../../ui/inline-field'
import { InlineText } from '../../ui/inline-text'
import { NumberInput } from '../../ui/number-input'
import { Picker } from '../../ui/picker'
import { Select } from '../../ui/select'
import type { Argument } from '../draft/catalog'
import { literalValue } from '../draft/cel-text'
import { type Clause, comparisons, type Literal, type Operator, textTests } from '../draft/condition'
import { firstValue } from './new-clauses'

type ArgumentPart = Extract<Clause, { kind: 'argument' }>
type Type = 'text' | 'number' | 'boolean'
type Props = { clause: ArgumentPart; label: string; known: Argument[]; onChange(clause: Clause): void }

const operatorWords: Record<Operator, string> = {
  '==': 'is',
  '!=': 'is not',
  '>': 'is more than',
  '>=': 'is at least',
  '<': 'is less than',
  '<=': 'is at most',
  in: 'is one of',
  'not in': 'is none of',
  contains: 'contains',
  startsWith: 'begins with',
  endsWith: 'ends with',
  matches: 'matches (RE2)',
  given: 'is given',
  missing: 'is left out',
}
const operatorsOf = {
  number: [...comparisons, 'in', 'not in', 'given', 'missing'],
  text: ['==', '!=', 'in', 'not in', ...textTests, 'given', 'missing'],
  boolean: ['==', '!=', 'given', 'missing'],
} satisfies Record<Type, Operator[]>

const typeOf = (value: Literal | undefined): Type =>
  typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text'

/** An argument, an operator, and a value of the type that the tool's schema names. */
export function ArgumentClause({ clause, label, known, onChange }: Props) {
  const list = useId()
  const { name, operator, values } = clause
  const argument = known.find((one) => one.name === name)
  const declared = argument === undefined || argument.type === 'other' ? null : argument.type
  const type = declared ?? typeOf(values[0])
  const isList = operator === 'in' || operator === 'not in'
  const has = operator !== 'given' && operator !== 'missing'
  const rename = (next: string) => {
    const found = known.find((one) => one.name === next)
    const fits = found === undefined || found.type === 'other' || found.type === type
    onChange(
      fits
        ? { ...clause, name: next }
        : { ...clause, name: next, operator: '==', values: [firstValue(found.type, found.choices)] },
    )
  }
  const reoperate = (next: Operator) => {
    const needsOne = next !== 'given' && next !== 'missing' && next !== 'in' && next !== 'not in'
    const first = values[0] ?? firstValue(type, argument?.choices)
    onChange({
      ...clause,
      operator: next,
      values: needsOne ? [first] : next === 'in' || next === 'not in' ? values : [],
    })
  }
  const operators: Operator[] = operatorsOf[type]
  return (
    <>
      <input
        className={`${inlineFieldClass} w-36 border-line font-mono`}
        aria-label={`Argument in ${label}`}
        list={list}
        placeholder="argument"
        value={name}
        onChange={(event) => rename(event.target.value)}
      />
      <datalist id={list}>
        {known.map((one) => (
          <option key={one.name} value={one.name}>
            {one.about}
          </option>
        ))}
      </datalist>
      <Select
        aria-label={`Operator in ${label}`}
        value={operator}
        options={(operators.includes(operator) ? operators : [operator, ...operators]).map(
          (one) => [one, operatorWords[one]] as const,
        )}
        onValue={reoperate}
      />
      {!has ? null : isList ? (
        <Picker
          label={`values in ${label}`}
          values={values.map(String)}
          options={(argument?.choices ?? []).map((value) => ({ value }))}
          onChange={(texts) => onChange({ ...clause, values: valuesOf(texts, values, type) })}
          free="Type a value"
          empty="which?"
        />
      ) : (
        <Value
          {...{ type, label }}
          value={values[0] ?? ''}
          choices={operator === '==' || operator === '!=' ? (argument?.choices ?? []) : []}
          onValue={(value) => onChange({ ...clause, values: [value] })}
        />
      )}
      {has && declared === null && !isList ? (
        <Select
          aria-label={`Type of the value in ${label}`}
          value={type}
          options={[
            ['text', 'as text'],
            ['number', 'as number'],
            ['boolean', 'as true or false'],
          ]}
          onValue={(next) => onChange({ ...clause, operator: '==', values: [firstValue(next)] })}
        />
      ) : null}
    </>
  )
}

/** What was there keeps its own type; a text among numbers stays one, and is told of as a problem. */
function valuesOf(texts: string[], before: Literal[], type: Type): Literal[] {
  const kept = before.filter((value) => texts.includes(String(value)))
  const known = new Set(before.map(String))
  const added = texts.filter((text) => !known.has(text))
  return [...kept, ...added.map((text) => (type === 'text' ? text : (literalValue(text) ?? text)))]
}

type ValueProps = { type: Type; label: string; value: Literal; choices: string[]; onValue(value: Literal): void }

function Value({ type, label, value, choices, onValue }: ValueProps) {
  const name = `Value in ${label}`
  if (type === 'number')
    return <NumberInput aria-label={name} className="w-28" value={Number(value)} onValue={onValue} />
  if (type === 'boolean')
    return (
      <Select
        aria-label={name}
        value={String(value)}
        options={[
          ['true', 'true'],
          ['false', 'false'],
        ]}
        onValue={(next) => onValue(next === 'true')}
      />
    )
  if (choices.length > 0)
    return (
      <Select
        aria-label={name}
        value={String(value)}
        options={[...new Set([String(value), ...choices])].map((choice) => [choice, choice] as const)}
        onValue={onValue}
      />
    )
  return (
    <InlineText
      className={`${inlineFieldClass} w-44 border-line font-mono`}
      aria-label={name}
      value={String(value)}
      onValue={onValue}
    />
  )
}
