import { connect, type Socket } from 'node:net'
import nodemailer from 'nodemailer'
import type { Letter } from './letter'
import type { Delivered, Reach } from './send'

export type Mailbox = { url: string; from: string; to: string[] }
export type Mail = { id: string; letter: Letter; mailbox: Mailbox; publicUrl: string }

type MailServer = {
  host: string
  port: number
  secure: boolean
  auth: { user: string; pass: string } | null
  shown: string
}

/** One silence, and all of it: shorter than the outbox keeps an attempt for its own. */
const silenceMs = 10_000
const wholeMs = 40_000

/** What an address such as `smtps://name:password@mail.example.com` says, or why it cannot be used. */
export function mailServer(text: string): MailServer | { problem: string } {
  const url = new URL(text)
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    return { problem: 'give scheme, account, host and port only' }
  if (!URL.canParse(`https://${url.host}`)) return { problem: 'it names no host' }
  // The parser of https turns decimal, octal and hex spellings of an address into dotted ones; that of smtp does not.
  const host = new URL(`https://${url.host}`).hostname.replace(/^\[|\]$/g, '')
  const secure = url.protocol === 'smtps:'
  const port = url.port === '' ? (secure ? 465 : 587) : Number(url.port)
  try {
    const auth =
      url.username === '' ? null : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
    return { ...{ host, port, secure, auth }, shown: `${url.protocol}//${url.hostname}:${port}` }
  } catch {
    return { problem: 'write special characters of the name and the password percent-encoded' }
  }
}

/** Why it may not be reached: the rules that targets have. */
export function mailProblem(server: ReturnType<typeof mailServer>, reach: Pick<Reach, 'problem'>): string | null {
  if ('problem' in server) return server.problem
  return reach.problem(`https://${server.host.includes(':') ? `[${server.host}]` : server.host}`)
}

/** A password leaves in clear for this very machine only. */
export const needsTls = ({ auth, secure }: Pick<MailServer, 'auth' | 'secure'>, address: string): boolean =>
  auth !== null && !secure && !/^(127\.|::1$|::ffff:127\.)/.test(address)

/** One attempt over SMTP. Never throws; certificates are checked. */
export async function sendMail({ id, letter, mailbox, publicUrl }: Mail, reach: Reach): Promise<Delivered> {
  const server = mailServer(mailbox.url)
  const problem = mailProblem(server, reach)
  if (problem !== null || 'problem' in server) return { ok: false, status: null, problem }
  let socket: Socket | null = null
  const late = setTimeout(() => socket?.destroy(), wholeMs)
  try {
    const connection = await dial(server, reach)
    socket = connection
    const transport = nodemailer.createTransport({
      ...{ host: server.host, port: server.port, secure: server.secure, connection, name: new URL(publicUrl).hostname },
      ...(server.auth === null ? {} : { auth: server.auth }),
      ...(needsTls(server, connection.remoteAddress ?? '') ? { requireTLS: true } : {}),
      ...{ greetingTimeout: silenceMs, socketTimeout: silenceMs, disableFileAccess: true, disableUrlAccess: true },
    })
    const { rejected, response } = await transport.sendMail({
      ...letter,
      from: { name: 'Sallyport', address: mailbox.from },
      to: mailbox.to,
      // The same in every attempt, so that a mail program can tell that it has it already.
      messageId: `<${id}@${new URL(publicUrl).hostname}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
    const problem = rejected.length === 0 ? null : `it refused ${rejected.length} of ${mailbox.to.length} addresses`
    return { ok: true, status: Number.parseInt(response, 10) || null, problem }
  } catch (error) {
    return { ok: false, ...wordsFor(error) }
  } finally {
    clearTimeout(late)
    socket?.destroy()
  }
}

/** Connected by us, so that the address that was checked is the one that is dialled. */
const dial = ({ host, port }: MailServer, { lookup }: Reach): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup, timeout: silenceMs })
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('too late'), { code: 'ETIMEDOUT' })))
    // For good: an error that nobody listens for would end the process.
    socket.on('error', reject)
    socket.once('connect', () => {
      socket.setTimeout(0)
      resolve(socket)
    })
  })

const words: Record<string, string> = {
  ECONNREFUSED: 'it refuses connections',
  ENOTFOUND: 'its name does not resolve',
  ECONNRESET: 'it closed the connection',
  ECONNECTION: 'it closed the connection',
  ESOCKET: 'the secure connection failed; look at its certificate, and whether the port takes TLS',
  ETLS: 'it offers no TLS that holds, and a password is not sent in clear',
  ETIMEDOUT: 'it does not answer in time',
  EAUTH: 'it refuses the name or the password',
  EENVELOPE: 'it refuses the sender or every address',
}

function wordsFor(error: unknown): Pick<Delivered, 'status' | 'problem'> {
  const { code, message, responseCode } = error as { code?: string; message?: string; responseCode?: number }
  const status = responseCode ?? null
  if (code === 'forbidden-address') return { status, problem: message ?? 'its address is not allowed' }
  const said = words[code ?? ''] ?? 'it could not be reached'
  return { status, problem: status === null ? said : `${said} (SMTP ${status})` }
}
