import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import { Back, type Up } from './back'
import { sentence } from './text'

type HeadProps = { title: ReactNode; children?: ReactNode; about?: ReactNode; up?: Up }

/** `up`: the page that this one is a part of. */
export function PageHead({ title, children, about, up }: HeadProps) {
  return (
    <header className="flex flex-wrap items-end justify-between gap-3">
      <div className="min-w-0">
        {up === undefined ? null : <Back {...up} />}
        <h1 className="text-[20px] leading-7 font-semibold tracking-tight [overflow-wrap:anywhere]">{title}</h1>
        {about === undefined ? null : <p className="mt-0.5 text-ink-soft">{about}</p>}
      </div>
      {children === undefined ? null : <div className="flex flex-wrap gap-2">{children}</div>}
    </header>
  )
}

/** A list without anything in it, for the person who meets it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="rounded-md border border-dashed border-line px-4 py-10 text-center">
      <p className="font-medium">{title}</p>
      {children === undefined ? null : <div className="mx-auto mt-1 max-w-prose text-ink-soft">{children}</div>}
    </div>
  )
}

export function Section({
  title,
  children,
  className,
  aside,
}: {
  title: string
  children: ReactNode
  className?: string
  aside?: ReactNode
}) {
  return (
    <section className={clsx('min-w-0', className)} aria-label={title}>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-x-2 gap-y-1">
        <h2 className="text-[13px] font-semibold text-ink-soft">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

/** Names and what they stand for: beside it, on a phone above it. */
export const factsClass =
  'grid gap-x-6 text-[13px] sm:grid-cols-[140px_minmax(0,1fr)] sm:gap-y-2 max-sm:[&_dt:not(:first-of-type)]:mt-2'
export const cardClass = 'rounded-md border border-line bg-surface-raised'
export const rowClass = 'border-t border-line first:border-t-0'
export const headCell = 'px-3 py-2 text-left text-[13px] font-medium text-ink-soft whitespace-nowrap'
export const cell = 'px-3 py-2 text-[13px] align-top'

/** A table whose rows are cards on a phone, so that nothing scrolls sideways; rows say how with `grid`. */
export const cardTable = 'block w-full md:table max-md:[&_thead]:sr-only max-md:[&_td]:py-1'
/** Around it. Positioned, because what only a screen reader sees must not widen the page. */
export const cardTableFrame = `${cardClass} relative overflow-x-auto`

/** The names of a table's columns; an empty one is that of its buttons. */
export const HeadRow = ({ names }: { names: string[] }) => (
  <thead>
    <tr>
      {names.map((name) => (
        <th key={name} scope="col" className={headCell}>
          {name === '' ? <span className="sr-only">Actions</span> : name}
        </th>
      ))}
    </tr>
  </thead>
)

export function Problem({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="rounded-md border border-deny/40 bg-deny/8 px-3 py-2 text-[13px] text-ink">
      {typeof children === 'string' ? sentence(children) : children}
    </p>
  )
}

/** Stands where something of this size will be. */
export const Skeleton = ({ className }: { className?: string }) => (
  <div className={clsx('animate-pulse rounded-md bg-surface-sunken', className)} aria-hidden />
)
