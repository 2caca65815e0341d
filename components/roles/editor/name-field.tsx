import { inputClass } from '../../ui/field'

type Props = { id: string; label: string; value: string; onChange(value: string): void; wide?: boolean }

export function NameField({ id, label, value, onChange, wide = false }: Props) {
  return (
    <label className="flex flex-col gap-1 text-[13px] font-medium" htmlFor={id}>
      {label}
      <input
        id={id}
        className={`${inputClass} ${wide ? '' : 'max-w-80 font-mono text-[12px]'} font-normal`}
        value={value}
        spellCheck={wide}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  )
}
