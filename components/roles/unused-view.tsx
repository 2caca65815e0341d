import type { Unused, UnusedRole } from '../../server/roles/schemas'
import type { PolicyDocument } from '../../server/types'
import { cardClass, Empty, Section } from '../ui/page'
import { count } from '../ui/text'
import { ChangesList } from './publish/changes-list'
import { UnusedDraft } from './unused-draft'

type Props = {
  unused: Unused
  base: PolicyDocument
  /** Who may make a draft of it; null when the viewer may not. */
  viewer: string | null
}

const hasFound = ({ tools, rules, idle, always }: UnusedRole) =>
  tools.length + rules.length + idle.length + always.length > 0

/** Role by role: what it gives and nobody used, who has it and never used it, what is always answered the same way. */
export function UnusedView({ unused, base, viewer }: Props) {
  const { days, calls, roles, draft, basedOn, changes } = unused
  const found = roles.filter(hasFound)
  if (basedOn === 0) return <Empty title="No policy is published yet">It gives nothing, so nothing is unused.</Empty>
  if (found.length === 0)
    return (
      <Empty title="Everything that is given is used">
        Looked at {count(calls, 'call')} of {days} days.
      </Empty>
    )
  return (
    <>
      <p className="text-[13px] text-ink-soft">
        Looked at {count(calls, 'call')} of the last {days} days.
        {calls === 0 ? ' Nobody called anything, so everything is unused.' : ''}
      </p>
      <div className="flex flex-col gap-4">
        {found.map((role) => (
          <OneRole key={role.role} role={role} />
        ))}
      </div>
      {draft === null ? null : (
        <Section
          title={`Without the unused, the policy would differ so (${changes.length})`}
          aside={
            viewer === null ? undefined : (
              <UnusedDraft {...{ viewer, basedOn }} draft={JSON.stringify(draft)} base={JSON.stringify(base)} />
            )
          }
        >
          <ChangesList changes={changes} />
        </Section>
      )}
    </>
  )
}

function OneRole({ role: { role, people, idle, tools, rules, always } }: { role: UnusedRole }) {
  return (
    <section className={`${cardClass} px-4 py-3 text-[13px]`} aria-label={`Role ${role}`}>
      <h2 className="mb-2 font-semibold">
        {role} <span className="font-normal text-ink-soft">{count(people, 'person', 'people')} seen with it</span>
      </h2>
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[200px_minmax(0,1fr)]">
        <Line name="Tools nobody used" items={tools.map(({ connection, tool }) => `${connection}/${tool}`)} />
        <Line name="Rules no call met" items={rules} />
        <Line name="Have it, never used it" items={idle.map(({ name }) => name)} plain />
        {always.map(({ rule, verdict, times }) => (
          <div key={rule} className="contents">
            <dt className="text-ink-soft">Always {verdict}</dt>
            <dd>
              <code className="font-mono text-[12px]">{rule}</code>, {count(times, 'time')}
              {verdict === 'approved' ? ': perhaps it need not ask' : ': perhaps it should be denied'}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Line({ name, items, plain = false }: { name: string; items: string[]; plain?: boolean }) {
  if (items.length === 0) return null
  const shown = items.slice(0, 40)
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="flex flex-wrap gap-x-3 gap-y-1">
        {shown.map((item) => (
          <span key={item} className={plain ? '' : 'font-mono text-[12px] [overflow-wrap:anywhere]'}>
            {item}
          </span>
        ))}
        {items.length > shown.length ? (
          <span className="text-ink-soft">and {(items.length - shown.length).toLocaleString('en')} more</span>
        ) : null}
      </dd>
    </>
  )
}
