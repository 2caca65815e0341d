import { Plus, X } from 'lucide-react'
import { Button } from '../ui/button'
import { Input } from '../ui/field'
import { emptyHeader, type HeaderRow, type Values } from './form-values'

type Props = {
  values: Values
  set(more: Partial<Values>): void
  /** A credential is stored now. */
  stored: boolean
  /** It is for another origin than the one in the form. */
  cleared: boolean
  problem: string | null
}

/** None, or headers that go with every request. Write-only: what is stored is never shown again. */
export function CredentialFields({ values, set, stored, cleared, problem }: Props) {
  const kinds: [Values['credential'], string][] = [
    ...(stored && !cleared ? [['keep', 'Keep the stored one'] as [Values['credential'], string]] : []),
    ['none', 'None'],
    ['headers', stored ? 'Other headers' : 'Headers'],
  ]
  const shown = values.credential === 'keep' && cleared ? 'none' : values.credential
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 text-[13px] font-medium">Credential of the gateway</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-2 text-[13px]">
        {kinds.map(([kind, words]) => (
          <label key={kind} className="inline-flex items-center gap-2">
            <input type="radio" name="credential" checked={shown === kind} onChange={() => set({ credential: kind })} />
            {words}
          </label>
        ))}
      </div>
      {stored && cleared && values.credential !== 'headers' ? (
        <p className="text-[13px] font-medium">
          The stored credential was given for another origin and will be cleared. Enter the one for this target.
        </p>
      ) : null}
      {values.credential === 'headers' ? <Headers rows={values.headers} set={(headers) => set({ headers })} /> : null}
      {problem === null ? (
        <p className="text-[13px] text-ink-soft">
          Sealed at once, sent to this target only, masked in its replies. It can be replaced, never read back.
        </p>
      ) : (
        <p role="alert" className="text-[13px] text-deny">
          {problem}
        </p>
      )}
    </fieldset>
  )
}

export function Headers({ rows, set }: { rows: HeaderRow[]; set(rows: HeaderRow[]): void }) {
  const change = (key: string, more: Partial<HeaderRow>) =>
    set(rows.map((row) => (row.key === key ? { ...row, ...more } : row)))
  return (
    <div className="flex flex-col gap-2">
      {rows.map((row, index) => (
        <div key={row.key} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto] gap-2">
          <Input
            aria-label={`Header ${index + 1}`}
            name="header"
            value={row.name}
            onChange={(event) => change(row.key, { name: event.target.value })}
            required
            autoComplete="off"
            spellCheck={false}
          />
          <Input
            aria-label={`Value of header ${index + 1}`}
            name="value"
            type="password"
            value={row.value}
            onChange={(event) => change(row.key, { value: event.target.value })}
            placeholder={row.name.toLowerCase() === 'authorization' ? 'Bearer …' : ''}
            required
            autoComplete="off"
          />
          <Button
            look="quiet"
            className="px-2"
            aria-label={`Take header ${index + 1} away`}
            disabled={rows.length === 1}
            onClick={() => set(rows.filter(({ key }) => key !== row.key))}
          >
            <X size={14} aria-hidden />
          </Button>
        </div>
      ))}
      <Button className="self-start" look="quiet" onClick={() => set([...rows, { ...emptyHeader(), name: '' }])}>
        <Plus size={14} aria-hidden />
        Another header
      </Button>
    </div>
  )
}
