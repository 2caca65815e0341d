import type { reviews } from '../db/review-schema'
import type { JsonObject } from '../types'

type Row = Pick<
  typeof reviews.$inferSelect,
  'id' | 'principal' | 'connection' | 'resource' | 'wanted' | 'reason' | 'createdAt' | 'expiresAt'
>

/** What is said of a question: who, what, where and why; never its arguments. The link leads to the signed-in console, and approves nothing. */
export type Message = {
  review: string
  caller: string
  tools: string[]
  connection: string
  reason: string | null
  createdAt: string
  expiresAt: string
  link: string
  /** Of a question whose glass is being broken, or was. */
  glass?: Glass
}
/** Who, why, and until when somebody else must have looked at it. */
export type Glass = { by: { name: string; why: string }[]; dueAt: string | null }

export const messageOf = (row: Row, publicUrl: string, glass?: Glass): Message => ({
  review: row.id,
  caller: row.principal.email ?? row.principal.name,
  tools: row.wanted?.tools ?? [row.resource.id],
  connection: row.connection,
  reason: row.reason,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  link: `${publicUrl}/reviews/${row.id}`,
  ...(glass === undefined ? {} : { glass }),
})

/** What stands before who wants what. */
export function leadOf(event: string, { glass }: Message): string {
  const names = (glass?.by ?? []).map(({ name }) => name).join(' and ')
  const due = minuteOf(glass?.dueAt ?? '')
  switch (event) {
    case 'glass.begun':
      return `${names} wants to break the glass; it takes a second administrator. `
    case 'glass.broken':
      return `${names} broke the glass: this was let through without its approvers. Somebody else must look at it until ${due}. `
    case 'glass.overdue':
      return `Nobody has looked at a broken glass (${names}); it was due ${due}. `
    default:
      return ''
  }
}

export const minuteOf = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`
export const whysOf = ({ glass }: Message): string[] => (glass?.by ?? []).map(({ name, why }) => `${name}: ${why}`)

export const testMessage = (publicUrl: string, now: Date): Message => ({
  review: '00000000-0000-4000-8000-000000000000',
  caller: 'somebody',
  tools: ['a_tool'],
  connection: 'a-connection',
  reason: 'this is a test; nobody asks anything',
  createdAt: now.toISOString(),
  expiresAt: now.toISOString(),
  link: `${publicUrl}/reviews`,
})

/** The body of a webhook, in the form of Standard Webhooks. */
export const webhookBody = (event: string, message: Message): JsonObject => ({
  type: event,
  timestamp: message.createdAt,
  data: { ...message },
})

/** A Slack message (Block Kit). Nothing in it can mention people or form links of its own. */
export function slackBody(message: Message, event: string): JsonObject {
  const { caller, tools, connection, reason, link } = message
  const what = tools.map((tool) => `\`${plain(tool).replaceAll('`', "'")}\``).join(', ')
  const lead = plain(leadOf(event, message))
  const said = [...(reason === null ? [] : [reason]), ...whysOf(message)]
  const sentence = `${lead}*${plain(caller)}* wants ${what} on *${plain(connection)}*`
  const text = [sentence, ...said.flatMap((one) => plain(one).split('\n')).map((line) => `> ${line}`)].join('\n')
  return {
    text: `${lead}${plain(caller)} wants ${tools.map(plain).join(', ')} on ${plain(connection)}`,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2900) } },
      { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Look at it' }, url: link }] },
    ],
  }
}

// Slack: these three are control characters of its text, and nothing else is.
const plain = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('*', '∗')
