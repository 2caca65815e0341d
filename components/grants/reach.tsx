import { Meaning } from '../ui/meaning'
import { cardClass, cell, headCell, rowClass } from '../ui/page'

export type Reach = {
  connection: string
  tools: { tool: string; access: 'denied' | 'allowed' | 'asks' | 'asks-each'; depends: boolean }[]
}

const shown = {
  allowed: { meaning: 'allow', words: 'runs without asking' },
  asks: { meaning: 'review', words: 'asks a person, who may give it for a time' },
  'asks-each': { meaning: 'review', words: 'asks a person, each time' },
  denied: { meaning: 'deny', words: 'no role of yours allows it' },
} as const

/** Tool by tool, what a person may do now. */
export function ReachTable({ connection, tools }: Reach) {
  return (
    <div className={`${cardClass} overflow-x-auto`}>
      <table className="w-full table-fixed" aria-label={`What you may do on ${connection}`}>
        <thead>
          <tr>
            <th scope="col" className={`${headCell} w-2/5 sm:w-60`}>
              {connection}
            </th>
            <th scope="col" className={headCell}>
              You
            </th>
          </tr>
        </thead>
        <tbody>
          {tools.map(({ tool, access, depends }) => (
            <tr key={tool} className={rowClass}>
              <td className={cell}>
                <code className="font-mono text-[12px] [overflow-wrap:anywhere]">{tool}</code>
              </td>
              <td className={cell}>
                <span className="flex flex-wrap items-center gap-x-2">
                  <Meaning of={shown[access].meaning} />
                  <span className="text-ink-soft">
                    {shown[access].words}
                    {depends ? ', depending on its arguments' : ''}
                  </span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
