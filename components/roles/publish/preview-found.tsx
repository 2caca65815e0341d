import { ChevronRight } from 'lucide-react'
import type { PreviewGroup, PreviewKind, PreviewResult } from '../../../server/roles/schemas'
import type { Effect } from '../../../server/types'
import { Link } from '../../ui/link'
import { cardClass } from '../../ui/page'
import { count, duration } from '../../ui/text'

const kinds: Record<PreviewKind, [title: string, already: string, color: string]> = {
  denied: ['Newly denied', 'denied', 'text-deny'],
  reviewed: ['Newly asked for approval', 'asked for', 'text-review'],
  allowed: ['Newly allowed', 'allowed', 'text-allow'],
  unmasked: ['Less hidden in replies', 'less hidden', 'text-masked'],
  masked: ['More hidden in replies', 'more hidden', 'text-masked'],
}
const words = { allow: 'allowed', review: 'asked for', deny: 'denied' } satisfies Record<Effect, string>

/** What publishing would change, apart from what only changed since: that is so already, whether the draft is published or not. */
export function PreviewFound({ result }: { result: PreviewResult }) {
  const { calls, same, groups, more, cannotTell, tookMs, inForce } = result
  const fresh = groups.filter(({ isNew }) => isNew)
  return (
    <div className="flex flex-col gap-3">
      <p className="text-[13px]">
        Of {count(calls, 'recorded call')}, <strong className="font-semibold">{same.toLocaleString('en')}</strong> would
        go as they went, and as version {inForce}, in force, decides them.{' '}
        <span className="text-ink-soft">Decided again in {duration(tookMs)}.</span>
      </p>
      {fresh.length === 0 && groups.length > 0 ? (
        <p className="text-[13px]">Publishing would change none of the others.</p>
      ) : null}
      {(Object.keys(kinds) as PreviewKind[]).map((kind) => (
        <Kind key={kind} kind={kind} groups={fresh.filter((group) => group.kind === kind)} version={inForce} />
      ))}
      <Already groups={groups.filter(({ isNew }) => !isNew)} version={inForce} />
      {more > 0 ? <p className="text-[13px] text-ink-soft">and {more.toLocaleString('en')} smaller groups</p> : null}
      {cannotTell.map(({ why, calls: unknown }) => (
        <p key={why} className="text-[13px] text-ink-soft">
          Cannot tell for {count(unknown, 'call')}: {why}.
        </p>
      ))}
    </div>
  )
}

const callsOf = (groups: PreviewGroup[]): string =>
  count(
    groups.reduce((sum, group) => sum + group.calls, 0),
    'call',
  )

function Kind({ kind, groups, version }: { kind: PreviewKind; groups: PreviewGroup[]; version: number }) {
  if (groups.length === 0) return null
  const [title, , color] = kinds[kind]
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-[13px]">
        <strong className={`font-semibold ${color}`}>{title}</strong>{' '}
        <span className="text-ink-soft">{callsOf(groups)}</span>
      </h3>
      <Groups groups={groups} say={(group) => untilNow(group, version)} />
    </section>
  )
}

/** What became of these calls then, and what would without the draft. */
function untilNow({ before, inForce, after }: PreviewGroup, version: number): string {
  if (inForce === null) return `${words[before]} then; what version ${version} decides cannot be told`
  if (before === inForce) return before === after ? '' : `${words[before]} until now`
  return `${words[before]} then, ${words[inForce]} by version ${version}`
}

function Already({ groups, version }: { groups: PreviewGroup[]; version: number }) {
  if (groups.length === 0) return null
  return (
    <details className="group">
      <summary className="text-[13px]">
        <ChevronRight
          size={14}
          className="mr-1 inline align-[-2px] text-ink-soft transition-transform group-open:rotate-90 motion-reduce:transition-none"
          aria-hidden
        />
        <strong className="font-semibold">Already so under version {version}, in force</strong>{' '}
        <span className="text-ink-soft">
          {callsOf(groups)} that went otherwise then; publishing changes nothing here
        </span>
      </summary>
      <div className="mt-2">
        <Groups
          groups={groups}
          say={({ kind, before, after }) => `${kinds[kind][1]}${before === after ? '' : `, was ${words[before]}`}`}
        />
      </div>
    </details>
  )
}

const keyOf = ({ kind, person, connection, action, resource, before, inForce, rules, hidden }: PreviewGroup): string =>
  JSON.stringify([kind, person.id, connection, action, resource, before, inForce, rules, hidden])

const Groups = ({ groups, say }: { groups: PreviewGroup[]; say(group: PreviewGroup): string }) => (
  <ul className={cardClass}>
    {groups.map((group) => (
      <li
        key={keyOf(group)}
        className="flex flex-wrap items-baseline gap-x-2 border-t border-line px-4 py-2 text-[13px] first:border-t-0"
      >
        <span className="font-medium">{group.person.name}</span>
        <span>
          <code className="font-mono text-[12px]">{group.resource}</code> on {group.connection}
        </span>
        <span className="tabular text-ink-soft">{count(group.calls, 'call')}</span>
        <span className="text-ink-soft">{say(group)}</span>
        {group.hidden.length === 0 ? null : <span className="text-ink-soft">{group.hidden.join(', ')}</span>}
        {group.rules.length === 0 ? null : (
          <span className="text-ink-soft">by {group.rules.map(({ role, rule }) => `${role}/${rule}`).join(', ')}</span>
        )}
        <Examples group={group} />
      </li>
    ))}
  </ul>
)

const Examples = ({ group: { person, resource, examples } }: { group: PreviewGroup }) => (
  <span className="ml-auto flex gap-2">
    {examples.map(({ entry, session }, index) =>
      session === null ? null : (
        <Link
          key={entry}
          className="text-accent underline-offset-2 hover:underline"
          aria-label={`Call ${index + 1} of ${person.name} to ${resource}`}
          href={`/ask?ask=why&entry=${encodeURIComponent(entry)}`}
        >
          call {index + 1}
        </Link>
      ),
    )}
  </span>
)
