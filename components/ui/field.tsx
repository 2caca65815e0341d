import { clsx } from 'clsx'
import type { InputHTMLAttributes, ReactNode, TextareaHTMLAttributes } from 'react'
import { sentence } from './text'

export const inputClass =
  'h-8 w-full rounded-md border border-line bg-surface-raised px-2.5 text-[13px] text-ink placeholder:text-ink-soft/80 aria-invalid:border-deny'

type Around = { label: string; hint?: ReactNode; problem?: string | null; id: string; children: ReactNode }

export function Field({ label, hint, problem, id, children }: Around) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-[13px] font-medium">
        {label}
      </label>
      {children}
      {problem ? (
        <p id={`${id}-problem`} className="text-[13px] text-deny">
          {sentence(problem)}
        </p>
      ) : hint ? (
        <p id={`${id}-hint`} className="text-[13px] text-ink-soft">
          {hint}
        </p>
      ) : null}
    </div>
  )
}

export const Input = ({ className, ...rest }: InputHTMLAttributes<HTMLInputElement>) => (
  <input className={clsx(inputClass, className)} {...rest} />
)

export const TextArea = ({ className, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement>) => (
  <textarea className={clsx(inputClass, 'h-auto min-h-20 py-1.5', className)} {...rest} />
)
