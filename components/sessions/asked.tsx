import type { Step } from '../../server/sessions/schemas'
import { splitSql } from '../reviews/gist'
import { Code } from '../ui/code'
import { maskedTokens } from '../ui/json-tokens'
import { count, pretty } from '../ui/text'

type Masks = { masks: string[] | undefined }

/** What a step asked with, and what went beside it. */
export const Asked = ({ step, masks }: { step: Step } & Masks) => (
  <div className="flex flex-col gap-2">
    <Request step={step} masks={masks} />
    {step.http === null ? null : (
      <p className="text-[13px]">
        In HTTP:{' '}
        <code className="font-mono text-[12px] [overflow-wrap:anywhere]">
          {step.http.method} {step.http.path}
        </code>
      </p>
    )}
    {step.meta === null ? null : <Beside words="Beside it, in _meta:" text={step.meta} label="_meta" masks={masks} />}
    {step.answers === null ? null : (
      <Beside words="What the client answered to the target:" text={step.answers} label="answers" masks={masks} />
    )}
  </div>
)

const Beside = ({ words, text, label, masks }: { words: string; text: string; label: string } & Masks) => (
  <>
    <p className="mt-1 text-[13px] text-ink-soft">{words}</p>
    <Code text={pretty(text)} label={label} masks={masks} />
  </>
)

/** Statements stand first, as they read best; what else there is follows as it was recorded, with every digit. */
function Request({ step: { request: text, tooLong }, masks }: { step: Step } & Masks) {
  if (tooLong !== null) return <Begun text={text} {...tooLong} masks={masks} />
  if (text === '{}') return <p className="text-[13px] text-ink-soft">Without arguments.</p>
  const masked = masks !== undefined && maskedTokens(text).some(({ kind }) => kind === 'masked')
  const { sql, rest } = masked ? { sql: [], rest: text } : splitSql(text)
  return (
    <>
      {sql.map(([name, statement]) => (
        <Code key={name} text={statement} language="sql" label={name} />
      ))}
      {rest === null && sql.length > 0 ? null : <Code text={pretty(text)} label="request" masks={masks} />}
    </>
  )
}

type BegunProps = { text: string; bytes: number; sha256: string } & Masks

/** Of arguments that the record does not hold: what it does hold. */
const Begun = ({ text, bytes, sha256, masks }: BegunProps) => (
  <>
    <p className="text-[13px]">
      The arguments were too long for the record. It keeps their length, {count(bytes, 'byte')}, their SHA-256,{' '}
      <code className="font-mono text-[12px] [overflow-wrap:anywhere]">{sha256}</code>, and how they begin
      {masks === undefined ? '' : ', all after masking'}:
    </p>
    <Code text={text} language="text" label="start of the request" masks={masks} />
  </>
)
