import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

const offers = ({ headers }: IncomingMessage): string[] => tokensOf(headers.upgrade ?? '')

/** Whether a request offers the one protocol that anything here switches to. */
export const offersWebSocket = (req: IncomingMessage): boolean => offers(req).includes('websocket')

/**
 * Takes a request up again as if it had offered no other protocol, as a server may (RFC 9110, section 7.8). Java's own client offers
 * h2c with its first request, and Node gives the connection of any offer away as soon as somebody listens for `upgrade`.
 */
export function ignoreUpgrade(server: Server, req: IncomingMessage, socket: Duplex, head: Buffer): void {
  const again = () => {
    if (socket.destroyed) return // Else the pause after the answer before would end a call that is held for longer.
    ;(socket as Socket).setTimeout(0)
    socket.unshift(Buffer.concat([Buffer.from(headOf(req), 'latin1'), head]))
    server.emit('connection', socket)
  }
  // Who sends a request before the last was answered hears the answers in that order.
  const before = answers.get(socket)
  if (before === undefined || before.closed) again()
  else before.once('close', again)
}

const answers = new WeakMap<Duplex, ServerResponse>()

/** Lets `ignoreUpgrade` know what is still answered on a connection. */
export const noteAnswers = (server: Server): Server =>
  server.prependListener('request', (req, res) => void answers.set(req.socket, res))

/** The request as it came, without the offer. */
function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const [name, value] = [rawHeaders[n] as string, rawHeaders[n + 1] as string]
    const kept = withoutOffer(name.toLowerCase(), value)
    if (kept !== null) text += `${name}: ${kept}\r\n`
  }
  return `${text}\r\n`
}

const ofOffer = ['upgrade', 'http2-settings']

function withoutOffer(name: string, value: string): string | null {
  if (ofOffer.includes(name)) return null
  if (name !== 'connection') return value
  const kept = tokensOf(value).filter((token) => !ofOffer.includes(token))
  return kept.length === 0 ? null : kept.join(', ')
}

const tokensOf = (list: string): string[] =>
  list
    .split(',')
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== '')
