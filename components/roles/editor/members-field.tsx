'use client'

import { useRef, useState } from 'react'
import type { Member } from '../../../server/types'
import { Button } from '../../ui/button'
import { inlineFieldClass } from '../../ui/inline-field'
import { type Option, Picker } from '../../ui/picker'
import { count } from '../../ui/text'
import { useEditor } from '../draft/editor-context'
import { keyOf, memberOf, memberWords } from '../draft/members'

type Props = { id: string; label: string; members: Member[]; onChange(members: Member[]): void; invalid?: boolean }

/** Who: everybody, or people by a claim of their token, offered from what real tokens carried. */
export function MembersField({ id, label, members, onChange, invalid = false }: Props) {
  const { claims } = useEditor()
  const [other, setOther] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  const seen: Option[] = claims.flatMap(({ claim, values }) =>
    values.map(({ value, people }) => ({
      value: keyOf({ claim, value }),
      label: memberWords({ claim, value }),
      about: `${claim} · ${count(people, 'person', 'people')} seen`,
      group: 'From tokens that were seen',
    })),
  )
  const known = new Set(seen.map(({ value }) => value))
  const extra = members
    .map((member): Option => ({ value: keyOf(member), label: memberWords(member), group: 'Picked' }))
    .filter(({ value }) => value !== 'everyone' && !known.has(value))
  const everyone: Option = { value: 'everyone', label: 'everyone', about: 'whoever is signed in' }
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-1.5">
      <Picker
        {...{ id, label, invalid }}
        mono={false}
        values={members.map(keyOf)}
        options={[everyone, ...seen, ...extra]}
        onChange={(keys) => onChange(keys.map(memberOf))}
        free="Search, or type a group"
        empty="who?"
      />
      <button
        ref={opener}
        type="button"
        className="text-[12px] text-ink-soft underline-offset-2 hover:text-ink hover:underline"
        aria-expanded={other}
        onClick={() => setOther(!other)}
      >
        another claim
      </button>
      {other ? (
        <OtherClaim
          label={label}
          onAdd={(member) => {
            onChange([...members, member])
            setOther(false)
            opener.current?.focus()
          }}
        />
      ) : null}
    </span>
  )
}

function OtherClaim({ label, onAdd }: { label: string; onAdd(member: Member): void }) {
  const [claim, setClaim] = useState('')
  const [value, setValue] = useState('')
  const isWhole = claim.trim() !== '' && value !== ''
  const add = () => (isWhole ? onAdd({ claim: claim.trim(), value }) : undefined)
  const small = `${inlineFieldClass} w-32 border-line`
  return (
    <span className="inline-flex flex-wrap items-center gap-1">
      <input
        className={small}
        aria-label={`Claim, ${label}`}
        placeholder="claim"
        value={claim}
        onChange={(event) => setClaim(event.target.value)}
      />
      is
      <input
        className={small}
        aria-label={`Value, ${label}`}
        placeholder="value"
        value={value}
        onChange={(event) => setValue(event.target.value)}
        onKeyDown={(event) => (event.key === 'Enter' ? add() : undefined)}
      />
      <Button className="h-[28px]" disabled={!isWhole} onClick={add}>
        Add
      </Button>
    </span>
  )
}
