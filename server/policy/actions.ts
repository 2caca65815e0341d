/** The methods that rules can speak of, see mcp/methods.ts. */
export const actions = ['tools/call', 'resources/read', 'prompts/get'] as const

// Of MCP itself, and what is easily written instead.
const ownNames =
  /^(tools?|resources?|prompts?|completions?|logging|notifications?|tasks?|subscriptions?|sampling|elicitation|roots?|server)\/[^/]*$|^resources\/templates\//

/** Whether an action, or a glob, speaks of methods that MCP itself does not have, such as `acme/reindex` or `acme/*`. */
export const namesExtension = (glob: string): boolean =>
  /^[A-Za-z][\w.-]*(\/[\w.$-]+)*\/([\w.$-]+|\*)$/.test(glob) && !ownNames.test(glob)
