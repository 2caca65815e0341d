'use client'

import { clsx } from 'clsx'
import { type InputHTMLAttributes, useEffect, useState } from 'react'
import { inlineFieldClass } from './inline-field'

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange' | 'type'> & {
  value: number
  onValue(value: number): void
}

/** A number that may look like none while it is typed; what was last a number stays. */
export function NumberInput({ value, onValue, className, ...rest }: Props) {
  const [text, setText] = useState(String(value))
  useEffect(() => setText((now) => (now.trim() !== '' && Number(now) === value ? now : String(value))), [value])
  const isNumber = text.trim() !== '' && Number.isFinite(Number(text))
  return (
    <input
      inputMode="decimal"
      value={text}
      aria-invalid={isNumber ? undefined : true}
      onChange={(event) => {
        setText(event.target.value)
        const number = Number(event.target.value)
        if (event.target.value.trim() !== '' && Number.isFinite(number) && number !== value) onValue(number)
      }}
      onBlur={() => setText(String(value))}
      className={clsx(inlineFieldClass, 'border-line tabular-nums', className)}
      {...rest}
    />
  )
}
