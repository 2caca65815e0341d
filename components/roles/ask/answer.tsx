import type { ReactNode } from 'react'
import type {
  AskAnswer,
  DecisionAnswer,
  RuleAnswer,
  Standing,
  TryAnswer,
  WhatAnswer,
  WhoAnswer,
  WhyAnswer,
} from '../../../server/roles/ask/schemas'
import { Code } from '../../ui/code'
import { Link } from '../../ui/link'
import { Meaning } from '../../ui/meaning'
import { cardClass, Empty, Section } from '../../ui/page'
import { count } from '../../ui/text'
import { Time } from '../../ui/time'
import { Words } from '../../ui/words'
import { roleHref } from '../role-href'

export function Answer({ answer }: { answer: AskAnswer }) {
  switch (answer.ask) {
    case 'who':
      return <Who answer={answer} />
    case 'what':
      return <What answer={answer} />
    case 'why':
      return <Why answer={answer} />
    case 'try':
      return <Tried answer={answer} />
  }
}

const Stands = ({ standing }: { standing: Standing }) =>
  standing === 'depends' ? (
    <span className="text-[13px] font-medium whitespace-nowrap text-ink-soft">depends on the arguments</span>
  ) : (
    <Meaning of={standing} />
  )

const Rows = ({ children }: { children: ReactNode }) => (
  <ul className={`${cardClass} divide-y divide-line`}>{children}</ul>
)

function Row({ name, standing, rules }: { name: ReactNode; standing: Standing; rules: RuleAnswer[] }) {
  return (
    <li className="flex flex-col gap-1 px-4 py-2.5 text-[13px]">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-medium [overflow-wrap:anywhere]">{name}</span>
        <Stands standing={standing} />
      </div>
      <Rules rules={rules} />
    </li>
  )
}

function Rules({ rules }: { rules: RuleAnswer[] }) {
  if (rules.length === 0) return null
  return (
    <ul className="flex flex-col gap-0.5 text-ink-soft">
      {rules.map(({ role, rule, text }) => (
        <li key={`${role}/${rule}`}>
          <Link href={roleHref(role)} className="font-mono text-[12px] text-accent underline underline-offset-2">
            {role}/{rule}
          </Link>{' '}
          <Words>{text}</Words>
        </li>
      ))}
    </ul>
  )
}

const Version = ({ version }: { version: number }) => (
  <Link href={`/roles/versions?show=${version}`} className="text-[13px] text-accent underline underline-offset-2">
    policy version {version}
  </Link>
)

function Who({ answer: { version, roles, people, others } }: { answer: WhoAnswer }) {
  return (
    <>
      <p className="text-[13px] text-ink-soft" role="status">
        By <Version version={version} />. {count(others, 'other person', 'other people')} seen may not.
      </p>
      <Section title={`People seen so far (${people.length})`}>
        {people.length === 0 ? (
          <Empty title="Nobody seen so far may do this" />
        ) : (
          <Rows>
            {people.map(({ id, name, standing, rules }) => (
              <Row key={id} {...{ name, standing, rules }} />
            ))}
          </Rows>
        )}
      </Section>
      <Section title={`Roles with rules about it (${roles.length})`}>
        {roles.length === 0 ? (
          <Empty title="No rule of any role speaks of it" />
        ) : (
          <Rows>
            {roles.map(({ role, members, standing, rules }) => (
              <Row
                key={role}
                name={
                  <>
                    {role}{' '}
                    <span className="font-normal text-ink-soft">
                      for <Words>{members}</Words>
                    </span>
                  </>
                }
                {...{ standing, rules }}
              />
            ))}
          </Rows>
        )}
      </Section>
    </>
  )
}

function What({ answer: { version, person, roles, items, beyond } }: { answer: WhatAnswer }) {
  return (
    <>
      <p className="text-[13px] text-ink-soft" role="status">
        <strong className="font-semibold text-ink">{person.name}</strong>
        {person.groups.length === 0 ? ' (no groups)' : ` (${person.groups.join(', ')})`} has{' '}
        {roles.length === 0 ? 'no role' : `the ${roles.length === 1 ? 'role' : 'roles'} ${roles.join(', ')}`} by{' '}
        <Version version={version} />.
      </p>
      <Section title={`May use (${items.length})`}>
        {items.length === 0 ? (
          <Empty title="No tool of any catalog" />
        ) : (
          <Rows>
            {items.map(({ connection, action, resource, title, standing, rules }) => (
              <Row
                key={`${connection} ${action} ${resource}`}
                name={
                  <>
                    <code className="font-mono text-[12px]">{resource}</code> on {connection}{' '}
                    <span className="font-normal text-ink-soft">{title}</span>
                  </>
                }
                {...{ standing, rules }}
              />
            ))}
          </Rows>
        )}
      </Section>
      {beyond.length === 0 ? null : (
        <Section title="And what no catalog lists">
          <div className={`${cardClass} px-4 py-2.5 text-[13px]`}>
            <Rules rules={beyond} />
          </div>
        </Section>
      )}
    </>
  )
}

function Why({ answer: { entry, decided, now, cannotTell } }: { answer: WhyAnswer }) {
  const { session, at, person, connection, resource } = entry
  return (
    <>
      <p className="text-[13px]" role="status">
        {person} asked for <code className="font-mono text-[12px]">{resource}</code> on {connection} <Time at={at} />.{' '}
        {session === null ? null : (
          <Link href={`/sessions/${session}`} className="text-accent underline underline-offset-2">
            See the session
          </Link>
        )}
      </p>
      <Decided title="As it was decided" decision={decided} />
      {now === null ? (
        <p className="text-[13px] text-ink-soft">
          What the policy in force would say cannot be told: {cannotTell ?? 'the record does not hold the call whole'}.
        </p>
      ) : (
        <Decided title="As the policy in force would decide it" decision={now} />
      )}
    </>
  )
}

function Tried({ answer: { person, decided, near, facts } }: { answer: TryAnswer }) {
  const known = [
    ['SQL', facts.sql],
    ['HTTP', facts.http],
  ].filter(([, fact]) => fact !== null)
  return (
    <>
      <Decided title={`For ${person}`} decision={decided} />
      {near.length === 0 ? null : (
        <Section title="What nearly lets it pass">
          <ul className={`${cardClass} flex flex-col gap-1 px-4 py-2.5 text-[13px] [overflow-wrap:anywhere]`}>
            {near.map((words) => (
              <li key={words}>
                <Words>{words}</Words>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {known.map(([name, fact]) => (
        <Section key={String(name)} title={`What the conditions see of the ${name}`}>
          <Code text={JSON.stringify(fact, null, 2)} label={`${name} facts`} />
        </Section>
      ))}
    </>
  )
}

function Decided({ title, decision }: { title: string; decision: DecisionAnswer }) {
  const { effect, reason, verdict, why, rules, masks, errors, version } = decision
  return (
    <Section title={title} aside={<Version version={version} />}>
      <div className={`${cardClass} flex flex-col gap-2 px-4 py-3 text-[13px]`}>
        <p className="flex flex-wrap items-baseline gap-x-2">
          <Meaning of={reason === 'tool-quarantined' ? 'deny' : effect} word={verdict} /> <Words>{why}</Words>
        </p>
        <Rules rules={rules} />
        {errors.map((error) => (
          <p key={error}>
            <Words>{`a condition could not be evaluated: ${error}`}</Words>
          </p>
        ))}
        {(effect === 'deny' ? [] : masks).map(({ id, text: words }) => (
          <p key={id} className="text-masked">
            <Words>{`mask \`${id}\` ${words}`}</Words>
          </p>
        ))}
      </div>
    </Section>
  )
}
