import type { Conflict } from '../../../server/roles/schemas'
import { Button } from '../../ui/button'
import { Section } from '../../ui/page'
import { count } from '../../ui/text'
import { Time } from '../../ui/time'
import { ChangesList } from './changes-list'

type Props = { conflict: Conflict; basedOn: number; busy: boolean; onCarryOver(): void }

/** Another admin was first: who, when, what, and what of it this draft changes too. */
export function ConflictView({ conflict, basedOn, busy, onCarryOver }: Props) {
  const { version, author, at, message, changes, clashes } = conflict
  return (
    <section
      aria-label="Another version was published"
      className="flex flex-col gap-3 rounded-md border border-review/50 bg-review/5 px-4 py-3"
    >
      <p role="alert" className="text-[13px]">
        <strong className="font-semibold">
          {author} published version {version}
        </strong>{' '}
        <Time at={at} /> while this draft stands on version {basedOn}: “{message}”. It is in force, and yours is not
        lost.
      </p>
      <Section title={`What they changed (${changes.length})`}>
        <ChangesList changes={changes} />
      </Section>
      {clashes.length === 0 ? (
        <p className="text-[13px]">You changed nothing of this, so both fit together.</p>
      ) : (
        <Section title={`Of this you changed ${count(clashes.length, 'thing')} too: yours would replace theirs`}>
          <ChangesList changes={clashes} />
        </Section>
      )}
      <div>
        <Button look="main" disabled={busy} onClick={onCarryOver}>
          Put my changes on top of version {version}
        </Button>
      </div>
    </section>
  )
}
