import { TriangleAlert } from 'lucide-react'
import type { ReviewDetail } from '../../server/reviews/schemas'
import { Section } from '../ui/page'
import { Visible } from '../ui/visible'

/** What the call would touch, as the database's own grammar, the API's table and the target's hints say. */
export function Touches({ review: { facts, state } }: { review: ReviewDetail }) {
  const { sql, http, tool } = facts
  const lines: [name: string, text: string][] = []
  if (sql !== null) {
    lines.push(['SQL', sql.readOnly ? 'only reads' : sql.verbs.map((verb) => verb.toLowerCase()).join(', ')])
    if (sql.tables.length > 0) lines.push(['Tables', sql.tables.join(', ')])
    if (sql.functions.length > 0) lines.push(['Functions', sql.functions.join(', ')])
  }
  if (http !== null) lines.push(['API', `${http.method} ${http.path}`])
  const hints = hintsOf(tool)
  if (hints !== '') lines.push(['The target says', hints])
  if (lines.length === 0) return null
  const risky = (sql !== null && !sql.readOnly) || (tool?.destructiveHint === true && tool.readOnlyHint !== true)
  return (
    <Section
      title={state === 'pending' ? 'What it would touch' : 'What it would have touched'}
      aside={
        risky ? (
          <span className="flex items-center gap-1 text-[13px] text-review">
            <TriangleAlert size={14} aria-hidden />
            changes something
          </span>
        ) : null
      }
    >
      <dl className="grid gap-x-6 gap-y-1 text-[13px] sm:grid-cols-[120px_1fr]">
        {lines.map(([name, text]) => (
          <div key={name} className="contents">
            <dt className="text-ink-soft">{name}</dt>
            <dd className="[overflow-wrap:anywhere]">
              <Visible text={text} />
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

function hintsOf(tool: ReviewDetail['facts']['tool']): string {
  if (tool === null) return ''
  if (tool.readOnlyHint === true) return 'it only reads'
  return [
    tool.destructiveHint === true ? 'it may destroy something' : null,
    tool.idempotentHint === true ? 'doing it twice changes nothing more' : null,
    tool.openWorldHint === true ? 'it reaches the outside world' : null,
  ]
    .filter((hint) => hint !== null)
    .join('; ')
}
