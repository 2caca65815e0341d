import { Answer } from '../../../components/roles/ask/answer'
import { AskForm } from '../../../components/roles/ask/ask-form'
import { PageHead, Problem } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { listConnections } from '../../../server/connections/list-connections'
import type { Context } from '../../../server/context'
import { codeOf } from '../../../server/errors'
import { askPolicy } from '../../../server/roles/ask/ask-policy'
import type { Ask, AskAnswer } from '../../../server/roles/ask/schemas'
import { listPeople } from '../../../server/roles/seen-people'
import { runtime } from '../../../server/runtime'
import type { JsonObject } from '../../../server/types'

type Query = Partial<
  Record<'ask' | 'person' | 'groups' | 'connection' | 'action' | 'resource' | 'entry' | 'args', string>
>
type Props = { searchParams: Promise<Query> }

export const metadata = { title: 'Ask the policy · Sallyport' }

/** The URL is the question, so that an answer can be sent to somebody. */
export default async function AskPage({ searchParams }: Props) {
  const ctx = await viewerContext()
  const query = await searchParams
  const { id, name, email, groups, admin, auditor } = ctx.viewer
  const everybody = admin || auditor
  const self = { id, name: email ?? name, groups }
  const [connections, people, answer] = await Promise.all([
    listConnections(ctx),
    everybody ? listPeople(ctx) : [self],
    answerTo(ctx, query),
  ])
  const catalog = connections.map((connection) => ({
    name: connection.name,
    tools: connection.tools.map((tool) => ({ ...tool, inputSchema: tool.inputSchema as JsonObject | null })),
    sql: [],
    http: [],
  }))
  return (
    <>
      <PageHead
        up={{ href: '/roles', name: 'Roles' }}
        title="Ask the policy"
        about="Nothing runs, and nobody is told."
      />
      <AskForm
        key={JSON.stringify(query)}
        query={query}
        catalog={catalog}
        people={people.some((person) => person.id === id) ? people : [self, ...people]}
        self={id}
        everybody={everybody}
      >
        {answer === null ? null : 'problem' in answer ? (
          <Problem>{answer.problem}</Problem>
        ) : (
          <Answer answer={answer} />
        )}
      </AskForm>
    </>
  )
}

async function answerTo(ctx: Context, query: Query): Promise<AskAnswer | { problem: string } | null> {
  try {
    const ask = questionIn(query, ctx.viewer.id)
    return ask === null ? null : await askPolicy(ctx, ask, runtime().policy.current())
  } catch (error) {
    const { name, message, issues } = error as Error & { issues?: { message: string }[] }
    if (name === 'ZodError') return { problem: issues?.[0]?.message ?? message }
    if (codeOf(error) === null && name !== 'SyntaxError') throw error
    return { problem: name === 'SyntaxError' ? 'the arguments are not JSON' : message }
  }
}

function questionIn(query: Query, self: string): Ask | null {
  const { ask, connection = '', resource = '', entry = '', args = '{}' } = query
  const action = (query.action ?? 'tools/call') as 'tools/call'
  const groups = (query.groups ?? '').split(',').map((group) => group.trim())
  const person =
    query.person === 'groups' ? { groups: groups.filter((group) => group !== '') } : { id: query.person || self }
  switch (ask) {
    case 'who':
      return { ask, connection, action, resource }
    case 'what':
      return connection === '' ? { ask, person } : { ask, person, connection }
    case 'why':
      return { ask, entry: entry.trim() }
    case 'try':
      return { ask, person, connection, action, resource, args: JSON.parse(args) as JsonObject }
    default:
      return null
  }
}
