import type { Message } from '../mcp/messages'
import { metaKeys } from '../mcp/revisions'
import type { Client, JsonObject, Principal } from '../types'

/** The client program as it names itself: never trusted to widen access. The id is the one its token was issued to. */
export function clientOf(
  message: Message,
  principal: Principal,
  known: { name: string; version: string } | null,
): Client {
  const meta = message.params._meta as JsonObject | undefined
  const info = (meta?.[metaKeys.clientInfo] ?? message.params.clientInfo) as JsonObject | undefined
  const id = principal.claims.client_id ?? principal.claims.azp
  return {
    id: typeof id === 'string' ? id : '',
    name: typeof info?.name === 'string' ? info.name.slice(0, 100) : (known?.name ?? ''),
    version: typeof info?.version === 'string' ? info.version.slice(0, 60) : (known?.version ?? ''),
  }
}
