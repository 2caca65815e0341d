import { clsx } from 'clsx'
import type { SelectHTMLAttributes } from 'react'
import { inputClass } from './field'

type Props<T extends string> = Omit<SelectHTMLAttributes<HTMLSelectElement>, 'value' | 'onChange'> & {
  value: T
  options: readonly (readonly [value: T, label: string])[]
  onValue(value: T): void
}

/** The browser's own select: one of a few. */
export function Select<T extends string>({ value, options, onValue, className, ...rest }: Props<T>) {
  return (
    <select
      value={value}
      onChange={(event) => onValue(event.target.value as T)}
      className={clsx(inputClass, 'h-[28px] w-auto max-w-full py-0 pr-1 pl-1.5', className)}
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
