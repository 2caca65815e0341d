import type { ToolView } from '../../server/connections/schemas'
import { Code } from '../ui/code'

const hintWords: [hint: string, yes: string][] = [
  ['readOnlyHint', 'says it only reads'],
  ['destructiveHint', 'says it may destroy'],
  ['idempotentHint', 'says repeating is harmless'],
  ['openWorldHint', 'says it reaches outside'],
]

/** One tool as the target describes it: its hints are its own words, and no proof. */
export function ToolRow({ tool }: { tool: ToolView }) {
  const hints = hintWords.filter(([hint]) => tool.hints[hint] === true).map(([, yes]) => yes)
  return (
    <li className="border-t border-line first:border-t-0">
      <details>
        <summary className="flex flex-wrap items-baseline gap-x-3 px-4 py-2.5 text-[13px] hover:bg-surface-sunken">
          <code className="font-mono text-[13px] font-medium">{tool.name}</code>
          <span className="min-w-0 flex-1 text-ink-soft">{tool.description || tool.title}</span>
          <span className="text-ink-soft">{hints.join(', ')}</span>
        </summary>
        <div className="px-4 pb-3">
          <Code text={JSON.stringify(tool.inputSchema, null, 2)} label={`input of ${tool.name}`} />
        </div>
      </details>
    </li>
  )
}
