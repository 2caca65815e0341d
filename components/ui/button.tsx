import { clsx } from 'clsx'
import type { ButtonHTMLAttributes } from 'react'

export type ButtonLook = 'main' | 'plain' | 'quiet' | 'danger'

const looks = {
  main: 'bg-accent text-accent-ink border-accent hover:brightness-110',
  plain: 'bg-surface-raised text-ink border-line hover:bg-surface-sunken',
  quiet: 'bg-transparent text-ink-soft border-transparent hover:bg-surface-sunken hover:text-ink',
  danger: 'bg-surface-raised text-deny border-line hover:bg-surface-sunken',
} satisfies Record<ButtonLook, string>

export const buttonClass = (look: ButtonLook = 'plain', className?: string) =>
  clsx(
    'inline-flex h-8 shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border px-3 text-[13px] font-medium',
    'disabled:cursor-not-allowed disabled:opacity-55',
    looks[look],
    className,
  )

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { look?: ButtonLook }

export function Button({ look = 'plain', className, type = 'button', ...rest }: Props) {
  return <button type={type} className={buttonClass(look, className)} {...rest} />
}

/** The key that does the same. */
export function Key({ children }: { children: string }) {
  return (
    <kbd
      className="hidden rounded border border-current/30 sm:inline px-1 font-mono text-[11px] leading-4 opacity-80"
      aria-hidden
    >
      {children}
    </kbd>
  )
}
