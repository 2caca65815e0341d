import { errorMessage } from '../mcp/messages'
import { runtime } from '../runtime'
import type { Principal } from '../types'
import { type Answer, jsonAnswer } from './answer'
import type { Rejected } from './parse'
import { recordRefusal } from './record'

/** What a message that is no call is answered with; its refusal is recorded first. */
export async function rejection(
  { rejected: why, id, method }: Rejected,
  principal: Principal,
  connection: { id: string; name: string },
): Promise<Answer> {
  await recordRefusal({ principal, connection, slug: connection.name, method, problem: why.message })
  runtime().metrics.calls.inc({ outcome: 'refused' })
  const data = why.data === undefined ? undefined : (JSON.parse(JSON.stringify(why.data)) as never)
  return jsonAnswer(why.status, errorMessage(id, why.code, why.message, data))
}
