import { EyeOff } from 'lucide-react'
import type { Mask, Member, Role, Rule } from '../../server/types'
import { Link } from '../ui/link'
import { Meaning } from '../ui/meaning'
import { roleHref, ruleAnchor } from './role-href'

const mono = 'rounded bg-surface-sunken px-1 font-mono text-[12px] [overflow-wrap:anywhere]'

export const memberWords = (members: Member[]): string =>
  members.length === 0
    ? 'nobody'
    : members
        .map((member) =>
          member === 'everyone' ? 'everyone' : `${member.claim === 'groups' ? '' : `${member.claim} `}${member.value}`,
        )
        .join(' or ')

const List = ({ items, all }: { items: string[]; all: string }) =>
  items.length === 1 && items[0] === '*' ? (
    <span>{all}</span>
  ) : (
    <span>
      {items.map((item, index) => (
        <span key={item}>
          {index > 0 ? ', ' : ''}
          <code className={mono}>{item}</code>
        </span>
      ))}
    </span>
  )

const minutes = (n: number) =>
  n % 1440 === 0 ? `${n / 1440}\u00a0d` : n % 60 === 0 ? `${n / 60}\u00a0h` : `${n}\u00a0min`

/** One rule as a sentence. */
function RuleSentence({ role, rule }: { role: string; rule: Rule }) {
  const { effect, resources, connections, when, review, actions } = rule
  const other = actions.filter((action) => !['tools/call', 'resources/read', 'prompts/get'].includes(action))
  return (
    <div className="flex flex-col gap-1 text-[13px] leading-6" id={ruleAnchor(role, rule.id)}>
      <div className="flex flex-wrap items-baseline gap-x-1.5">
        <Meaning of={effect} />
        <List items={resources} all="everything" />
        <span>on</span>
        <List items={connections} all="every connection" />
        {when === null ? null : (
          <>
            <span>when</span>
            <code className={mono}>{when}</code>
          </>
        )}
        {other.length > 0 ? <span className="text-ink-soft">(for {actions.join(', ')})</span> : null}
        <span className="ml-auto font-mono text-[12px] text-ink-soft">{rule.id}</span>
      </div>
      {review === null ? null : (
        <p className="text-ink-soft">
          {review.approvals === 1 ? 'Somebody' : `${review.approvals} people`} of {memberWords(review.approvers)} must
          approve, within {minutes(review.expiresMinutes)};{' '}
          {review.scope === 'call' ? 'for this call' : 'for this tool at most'}, up to {minutes(review.maxMinutes)}
          {review.reason === 'required' ? '; the caller must say why' : ''}
          {review.breakGlass === true ? '; in an emergency two administrators may break the glass' : ''}.
        </p>
      )}
    </div>
  )
}

type CardProps = {
  role: Role
  editable?: boolean
  /** How many of its rules are shown. */
  max?: number
}

export function RoleCard({ role, editable = false, max = role.rules.length }: CardProps) {
  return (
    <section
      className="rounded-md border border-line bg-surface-raised"
      aria-label={`Role ${role.name}`}
      id={`role-${role.name}`}
    >
      <div className="border-b border-line px-4 py-3">
        <div className="flex flex-wrap items-baseline justify-between gap-2">
          <h2 className="font-semibold">{role.name}</h2>
          <p className="text-[13px] text-ink-soft">
            for <strong className="font-medium text-ink">{memberWords(role.members)}</strong>
            {editable ? (
              <Link
                href={`/roles/edit?role=${encodeURIComponent(role.name)}`}
                className="ml-3 text-accent underline underline-offset-2"
                aria-label={`Edit role ${role.name}`}
              >
                Edit
              </Link>
            ) : null}
          </p>
        </div>
        {role.description === '' ? null : <p className="mt-0.5 text-ink-soft">{role.description}</p>}
      </div>
      <ul className="divide-y divide-line">
        {role.rules.slice(0, max).map((rule) => (
          <li key={rule.id} className="px-4 py-2.5">
            <RuleSentence role={role.name} rule={rule} />
          </li>
        ))}
        {role.rules.length > max ? (
          <li className="px-4 py-2.5 text-[13px]">
            <Link href={roleHref(role.name)} className="text-accent underline underline-offset-2">
              All {role.rules.length.toLocaleString('en')} rules of {role.name}
            </Link>
          </li>
        ) : null}
        {role.rules.length === 0 ? (
          <li className="px-4 py-2.5 text-ink-soft">No rules yet: this role allows nothing.</li>
        ) : null}
      </ul>
    </section>
  )
}

const styles = {
  null: 'removed',
  redact: 'replaced by [masked]',
  hash: 'replaced by a keyed hash, so that equal values stay equal',
  partial: 'shown in part, a quarter at most',
} satisfies Record<Mask['style'], string>

const names = {
  email: 'an e-mail address',
  credit_card: 'a card number',
  iban: 'an IBAN',
  jwt: 'a JWT',
  private_key: 'a private key',
  aws_key: 'an AWS key',
} satisfies Record<Mask['detectors'][number], string>

export function MaskSentence({ mask }: { mask: Mask }) {
  return (
    <div className="text-[13px] leading-6">
      <div className="flex flex-wrap items-baseline gap-x-1.5">
        <span className="inline-flex items-center gap-1 self-center font-medium text-masked">
          <EyeOff size={14} aria-hidden />
          hide
        </span>
        {mask.fields.length === 0 ? null : <List items={mask.fields} all="every field" />}
        {mask.detectors.length === 0 ? null : (
          <span>
            {mask.fields.length === 0 ? '' : 'and '}anything that looks like{' '}
            {mask.detectors.map((name) => names[name]).join(', ')}
          </span>
        )}
        <span>in replies of</span>
        <List items={mask.resources} all="everything" />
        <span>on</span>
        <List items={mask.connections} all="every connection" />
        <span className="ml-auto font-mono text-[12px] text-ink-soft">{mask.id}</span>
      </div>
      <p className="text-ink-soft">
        Values are {styles[mask.style]}.{mask.except.length === 0 ? '' : ` Not for ${mask.except.join(', ')}.`}
      </p>
    </div>
  )
}
