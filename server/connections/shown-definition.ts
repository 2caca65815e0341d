import { compileMasks, fulfil } from '../masking/fulfil'
import { runtime } from '../runtime'
import type { JsonObject } from '../types'

export type Shown = (definition: JsonObject) => JsonObject

/**
 * What a target says of a tool as it is kept and shown: as a caller's list has it to whom no mask is lifted, so without what
 * detectors find. Its pin is the hash of what the target really said.
 */
export function shownDefinition(connection: string): Shown {
  const { policy, keys } = runtime()
  const masks = policy.current().masksOn(connection, null)
  // Names of fields mean nothing in a list of tools.
  const masker = compileMasks(
    masks.map((mask) => ({ ...mask, fields: [] })),
    keys.mask,
    [],
  )
  return (definition): JsonObject => {
    // It is found again by its name, which every call says.
    const name = String(definition.name)
    const answer = fulfil({ jsonrpc: '2.0', id: 0, result: { tools: [definition] } }, masker)
    if ('failed' in answer) return { name, description: `withheld: ${answer.failed}` }
    const { tools } = answer.message.result as { tools: [JsonObject] }
    return { ...tools[0], name }
  }
}
