import { leadOf, type Message, minuteOf, whysOf } from './message'

export type Letter = { subject: string; text: string; html: string }

const subjectMax = 150

/** An e-mail, as plain text and as simple HTML. What people wrote can neither add to its head nor be markup. */
export function letterOf(message: Message, event: string): Letter {
  const { caller, tools, connection, reason, expiresAt, link, glass } = message
  const wants = shown(`${caller} wants ${tools.join(', ')} on ${connection}`)
  const subject = glass === undefined ? wants : `Break-glass: ${wants}`
  const said = [...(reason === null ? [] : [`${caller}: ${reason}`]), ...whysOf(message)]
  const why = said.flatMap((one) => one.split('\n')).map(shown)
  const lead = shown(leadOf(event, message))
  const ends = glass === undefined ? `Nobody can answer it after ${minuteOf(expiresAt)}.` : ''
  const note = 'The link opens the console, where you sign in; it approves nothing by itself.'
  const text = [lead, `${wants}.`, why.map((line) => `> ${line}`).join('\n'), ends, link, note]
  const html = [
    escaped(lead),
    `<strong>${escaped(wants)}</strong>`,
    why.map((line) => `<em>${escaped(line)}</em>`).join('<br>'),
    escaped(ends),
    `<a href="${escaped(link)}">Look at it</a>`,
    escaped(note),
  ]
  return {
    subject: subject.length > subjectMax ? `${subject.slice(0, subjectMax - 1)}…` : subject,
    text: text.filter(isSaid).join('\n\n'),
    html: html
      .filter(isSaid)
      .map((inner) => `<p>${inner}</p>`)
      .join('\n'),
  }
}

const isSaid = (part: string): boolean => part !== ''
/** Without what nobody sees: control characters, and those that turn the direction of text. */
const shown = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
