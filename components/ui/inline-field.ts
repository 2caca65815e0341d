/** A field that stands in a sentence: as wide as what it holds; colour of border and text are for who uses it. */
export const inlineFieldClass =
  'h-[28px] max-w-full rounded-md border bg-surface-raised px-2 text-[13px] placeholder:text-ink-soft/80 aria-invalid:border-deny'
