import Link from 'next/link'
import type { Step } from '../../server/sessions/schemas'
import { splitSql } from '../reviews/gist'
import { ruleAnchor } from '../roles/sentences'
import { Code } from '../ui/code'
import { maskedTokens } from '../ui/json-tokens'
import { MaskedCount, Meaning } from '../ui/meaning'
import { Section } from '../ui/page'
import { count, duration, pretty } from '../ui/text'
import { Time } from '../ui/time'
import { askedHosts } from './asked-hosts'
import { outcomeOf } from './outcome-of'

function AskedHosts({ of }: { of: string[] }) {
  if (of.length === 0) return null
  return (
    <p className="mt-1 text-[13px]">
      Asks the person at the client to open{' '}
      {of.map((host, n) => (
        <span key={host}>
          {n === 0 ? '' : ', '}
          <code className="font-mono [overflow-wrap:anywhere]">{host}</code>
        </span>
      ))}
    </p>
  )
}

/** Statements stand first, as they read best; what else there is follows as it was recorded, with every digit. */
function Request({ step: { request: text, tooLong }, masks }: { step: Step; masks: string[] | undefined }) {
  if (tooLong !== null) return <Begun text={text} {...tooLong} masks={masks} />
  const masked = masks !== undefined && maskedTokens(text).some(({ kind }) => kind === 'masked')
  const { sql, rest } = masked ? { sql: [], rest: text } : splitSql(text)
  return (
    <div className="flex flex-col gap-2">
      {sql.map(([name, statement]) => (
        <Code key={name} text={statement} language="sql" label={name} />
      ))}
      {rest === null && sql.length > 0 ? null : <Code text={pretty(text)} label="request" masks={masks} />}
    </div>
  )
}

type BegunProps = { text: string; bytes: number; sha256: string; masks: string[] | undefined }

/** Of arguments that the record does not hold: what it does hold. */
function Begun({ text, bytes, sha256, masks }: BegunProps) {
  return (
    <div className="flex flex-col gap-2">
      <p className="text-[13px]">
        The arguments were too long for the record. It keeps their length, {count(bytes, 'byte')}, their SHA-256,{' '}
        <code className="font-mono text-[12px] [overflow-wrap:anywhere]">{sha256}</code>, and how they begin
        {masks === undefined ? '' : ', all after masking'}:
      </p>
      <Code text={text} language="text" label="start of the request" masks={masks} />
    </div>
  )
}

const ofServer = /\/list$|^(GET|initialize|ping|server|notifications|logging|subscriptions)\b/

/** What was called; a step that speaks of the server itself is known by what it does. */
export const nameOf = ({ action, resource }: Step): string =>
  resource !== '' && !ofServer.test(action) ? resource : action

/** One step: what was asked, what was decided and why, what came back. */
export function StepView({ step }: { step: Step }) {
  const { decision } = step
  const masks = decision?.masks ?? []
  const asked = masks.length === 0 ? undefined : masks
  // A repeated credential is masked where no mask applies.
  const answered = step.masked === 0 ? undefined : masks
  return (
    <article className="flex min-w-0 flex-col gap-5" aria-label="Step">
      <header>
        <h2 className="text-[16px] font-semibold">
          <code className="font-mono text-[15px] [overflow-wrap:anywhere]">{nameOf(step)}</code>
        </h2>
        <p className="mt-1 flex flex-wrap items-center gap-3 text-[13px] text-ink-soft">
          <Meaning of={outcomeOf(step)} />
          <MaskedCount n={step.masked} />
          {nameOf(step) === step.action ? null : <span>{step.action}</span>}
          <Time at={step.at} />
          {step.ms === null ? null : <span className="tabular">{duration(step.ms)}</span>}
        </p>
        <AskedHosts of={askedHosts(step.request, step.reply)} />
      </header>
      <Section title="Asked">
        <Request key={step.id} step={step} masks={asked} />
        {step.http === null ? null : (
          <p className="mt-1 text-[13px]">
            In HTTP:{' '}
            <code className="font-mono text-[12px] [overflow-wrap:anywhere]">
              {step.http.method} {step.http.path}
            </code>
          </p>
        )}
      </Section>
      {decision === null ? null : (
        <Section title="Decided">
          <p className="flex flex-wrap items-center gap-2">
            <Meaning of={decision.reason === 'tool-quarantined' ? 'deny' : decision.effect} />
            {decision.reason === 'allowed' || decision.reason === 'review-required' ? null : (
              <span>{decision.reason.replaceAll('-', ' ')}</span>
            )}
            <span className="text-ink-soft">
              by policy version{' '}
              <Link
                href={`/roles/versions?show=${decision.version}`}
                className="text-accent underline underline-offset-2"
              >
                {decision.version}
              </Link>
            </span>
            <Link
              href={`/ask?ask=why&entry=${encodeURIComponent(step.id)}`}
              className="text-accent underline underline-offset-2"
            >
              Why
            </Link>
          </p>
          {decision.rules.length === 0 ? null : (
            <ul className="mt-1 flex flex-col gap-0.5 text-[13px]">
              {decision.rules.map((rule) => (
                <li key={`${rule.role} ${rule.rule}`} className="flex items-center gap-2">
                  <Meaning of={rule.effect} />
                  <Link
                    href={`/roles#${ruleAnchor(rule.role, rule.rule)}`}
                    className="font-mono text-accent underline-offset-2 hover:underline"
                  >
                    {rule.rule}
                  </Link>
                  <span className="text-ink-soft">of {rule.role}</span>
                </li>
              ))}
            </ul>
          )}
          {decision.errors.map((error) => (
            <p key={error} className="mt-1 text-[13px] text-ink-soft">
              could not be evaluated: {error}
            </p>
          ))}
        </Section>
      )}
      <Section title="Answered">
        {step.reply === null ? (
          <p className="text-ink-soft">
            {step.kind !== 'refusal'
              ? 'No answer is recorded yet.'
              : outcomeOf(step) === 'held'
                ? 'Nobody had approved it yet, so the target never saw it.'
                : 'It was refused, so the target never saw it.'}
          </p>
        ) : (
          <Code key={`${step.id} reply`} text={pretty(step.reply)} label="reply" masks={answered} />
        )}
      </Section>
      <p className="font-mono text-[11px] text-ink-soft [overflow-wrap:anywhere]">
        entry {step.seq} of chain {step.chain.slice(0, 8)}, {step.hash.slice(0, 16)}…
      </p>
    </article>
  )
}
