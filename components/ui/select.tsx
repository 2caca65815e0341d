import { clsx } from 'clsx'
import type { SelectHTMLAttributes } from 'react'
import { inlineFieldClass } from './inline-field'

type Props<T extends string> = Omit<SelectHTMLAttributes<HTMLSelectElement>, 'value' | 'onChange'> & {
  value: T
  options: readonly (readonly [value: T, label: string])[]
  onValue(value: T): void
  /** Colours of border and text. */
  tone?: string
}

/** The browser's own select: one of a few. */
export function Select<T extends string>({
  value,
  options,
  onValue,
  tone = 'border-line text-ink',
  className,
  ...rest
}: Props<T>) {
  return (
    <select
      value={value}
      onChange={(event) => onValue(event.target.value as T)}
      className={clsx(inlineFieldClass, tone, className)}
      {...rest}
    >
      {options.map(([option, label]) => (
        <option key={option} value={option}>
          {label}
        </option>
      ))}
    </select>
  )
}
