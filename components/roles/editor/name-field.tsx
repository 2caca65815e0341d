import { inputClass } from '../../ui/field'

type Props = {
  id: string
  label: string
  value: string
  onChange(value: string): void
  onFocus?: () => void
  /** In words, of several lines if need be. */
  wide?: boolean
}

export function NameField({ id, label, value, onChange, onFocus, wide = false }: Props) {
  return (
    <label className="flex flex-col gap-1 text-[13px] font-medium" htmlFor={id}>
      {label}
      {wide ? (
        <textarea
          id={id}
          rows={1}
          className={`${inputClass} h-auto min-h-8 resize-none py-1.5 font-normal [field-sizing:content]`}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <input
          id={id}
          className={`${inputClass} max-w-80 font-mono text-[12px] font-normal`}
          value={value}
          spellCheck={false}
          autoComplete="off"
          onFocus={onFocus}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </label>
  )
}
