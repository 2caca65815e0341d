import type { Step } from '../../server/sessions/schemas'
import { Code } from '../ui/code'
import { CopyText } from '../ui/copy-text'
import { Link } from '../ui/link'
import { MaskedCount, Meaning } from '../ui/meaning'
import { Section } from '../ui/page'
import { duration, pretty, sentence } from '../ui/text'
import { Exactly } from '../ui/time'
import { Visible } from '../ui/visible'
import { Asked } from './asked'
import { askedHosts } from './asked-hosts'
import { Decided } from './decided'
import { Meanwhile } from './meanwhile'
import { nameOf } from './name-of'
import { outcomeOf } from './outcome-of'
import { errorOf, wordsOfOutcome } from './words'

/** One step: what was asked, what was decided and why, what came back. */
export function StepView({ step, sessionId }: { step: Step; sessionId: string }) {
  const { decision } = step
  const masks = decision?.masks ?? []
  const asked = masks.length === 0 ? undefined : masks
  return (
    <article className="flex min-w-0 flex-col gap-5" aria-label="Step">
      <header>
        <h2 className="text-[16px] font-semibold">
          <code className="font-mono text-[15px] [overflow-wrap:anywhere]">
            <Visible text={nameOf(step)} />
          </code>
        </h2>
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-[13px] text-ink-soft">
          <Meaning of={outcomeOf(step)} />
          <MaskedCount n={step.masked} />
          {nameOf(step) === step.action ? null : <span>{step.action}</span>}
          <Exactly at={step.at} />
          {step.ms === null ? null : <span className="tabular">{duration(step.ms)}</span>}
        </p>
        <AskedHosts of={askedHosts(step.request, step.reply)} />
      </header>
      <Section title="Asked">
        <Asked key={step.id} step={step} masks={asked} />
      </Section>
      {decision === null ? null : <Decided step={step} decision={decision} />}
      <Meanwhile key={`${step.id} meanwhile`} passed={step.meanwhile} masks={asked} />
      <Section title="Answered">
        <Answered step={step} masks={masks} />
      </Section>
      <Evidence step={step} sessionId={sessionId} />
    </article>
  )
}

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

/** What came back, and in words what did not go well. A repeated credential is masked where no mask applies. */
function Answered({ step, masks }: { step: Step; masks: string[] }) {
  const words = [wordsOfOutcome(step.outcome), errorOf(step.reply)].filter((one) => one !== null)
  return (
    <div className="flex flex-col gap-2">
      {words.map((one) => (
        <p key={one} className="[overflow-wrap:anywhere]">
          <Visible text={sentence(one)} />
        </p>
      ))}
      {step.reply !== null ? (
        <Code
          key={`${step.id} reply`}
          text={pretty(step.reply)}
          label="reply"
          masks={step.masked === 0 ? undefined : masks}
        />
      ) : words.length === 0 ? (
        <p className="text-ink-soft">
          {silence(step)}
          {step.earlier === null ? null : <EarlierCall {...step.earlier} />}
        </p>
      ) : null}
    </div>
  )
}

const EarlierCall = ({ sessionId, step }: NonNullable<Step['earlier']>) => (
  <Link href={`/sessions/${sessionId}?step=${step}`} className="text-accent underline underline-offset-2">
    The call that ran
  </Link>
)

function silence(step: Step): string {
  if (step.earlier !== null)
    return 'It did not run again: the caller was told what an identical call had been answered, because nobody had heard that. '
  if (step.decision?.reason === 'ran-before')
    return 'An identical call was let through before and ran still, so the target never saw this one.'
  if (step.kind === 'refusal')
    return outcomeOf(step) === 'held'
      ? 'Nobody had approved it yet, so the target never saw it.'
      : 'It was refused, so the target never saw it.'
  if (step.outcome === '')
    return step.action === 'GET' ? 'The client is listening still.' : 'No answer is recorded yet.'
  return step.action === 'GET' ? 'The client listened for what the target says by itself.' : 'It takes no answer.'
}

/** Where the step stands in the record, to be found again in an export. */
const Evidence = ({ step, sessionId }: { step: Step; sessionId: string }) => (
  <p className="flex flex-wrap items-center gap-x-3 text-[12px] text-ink-soft">
    <span>In the record:</span>
    <CopyText name="entry" text={step.id} />
    <CopyText name="session" text={sessionId} />
    <span className="tabular">
      number {step.seq.toLocaleString('en')} of chain <CopyText text={step.chain} name="chain" bare />
    </span>
    <CopyText name="SHA-256" text={step.hash} />
  </p>
)
