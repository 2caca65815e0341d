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
}

export const messageOf = (row: Row, publicUrl: string): Message => ({
  review: row.id,
  caller: row.principal.email ?? row.principal.name,
  tools: row.wanted?.tools ?? [row.resource.id],
  connection: row.connection,
  reason: row.reason,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  link: `${publicUrl}/reviews/${row.id}`,
})

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

export type Letter = { subject: string; text: string; html: string }

/** An e-mail, as plain text and as simple HTML. What people wrote can neither add to its head nor be markup. */
export function letterOf(message: Message): Letter {
  const { caller, tools, connection, reason, expiresAt, link } = message
  const subject = shown(`${caller} wants ${tools.join(', ')} on ${connection}`)
  const ends = `Nobody can answer it after ${expiresAt.slice(0, 16).replace('T', ' ')} UTC.`
  const note = 'The link opens the console, where you sign in; it approves nothing by itself.'
  const why = reason === null ? [] : reason.split('\n').map(shown)
  const paragraphs = [`<strong>${escaped(subject)}</strong>`, ...(why.length === 0 ? [] : [quote(why)]), escaped(ends)]
  return {
    subject: subject.length > subjectMax ? `${subject.slice(0, subjectMax - 1)}…` : subject,
    text: [
      `${subject}.`,
      ...(why.length === 0 ? [] : [why.map((line) => `> ${line}`).join('\n')]),
      ends,
      link,
      note,
    ].join('\n\n'),
    html: [...paragraphs, `<a href="${escaped(link)}">Look at it</a>`, escaped(note)]
      .map((inner) => `<p>${inner}</p>`)
      .join('\n'),
  }
}

const subjectMax = 150
/** Without what nobody sees: control characters, and those that turn the direction of text. */
const shown = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()
const quote = (lines: string[]): string => `<em>${lines.map(escaped).join('<br>')}</em>`
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** A Slack message (Block Kit). Nothing in it can mention people or form links of its own. */
export function slackBody(message: Message): JsonObject {
  const { caller, tools, connection, reason, link } = message
  const what = tools.map((tool) => `\`${plain(tool).replaceAll('`', "'")}\``).join(', ')
  const sentence = `*${plain(caller)}* wants ${what} on *${plain(connection)}*`
  const text = reason === null ? sentence : `${sentence}\n> ${plain(reason).replaceAll('\n', '\n> ')}`
  return {
    text: `${plain(caller)} wants ${tools.map(plain).join(', ')} on ${plain(connection)}`,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2900) } },
      { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Look at it' }, url: link }] },
    ],
  }
}

// Slack: these three are control characters of its text, and nothing else is.
const plain = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('*', '∗')
