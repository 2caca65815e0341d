import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

type Environment = Record<string, string | undefined>

const connectWithinMs = 15_000
const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The proxy for an address, from HTTPS_PROXY, HTTP_PROXY and NO_PROXY as curl reads them; never one for this machine. */
export function proxyFor(target: URL, env: Environment): URL | null {
  const named = isSecure(target) ? (env.HTTPS_PROXY ?? env.https_proxy) : (env.HTTP_PROXY ?? env.http_proxy)
  const none = (env.NO_PROXY ?? env.no_proxy ?? '').split(',').map((part) => part.trim().toLowerCase())
  const host = target.hostname.toLowerCase()
  const exempt = (part: string) => {
    const [name = '', port] = part.replace(/^\*?\./, '').split(':')
    return (
      part === '*' || ((host === name || host.endsWith(`.${name}`)) && (port === undefined || port === target.port))
    )
  }
  if (!named || loopback.has(host) || none.some((part) => part !== '' && exempt(part))) return null
  return new URL(named.includes('://') ? named : `http://${named}`)
}

/** A socket to `target` through `proxy` (CONNECT, RFC 9110 section 9.3.6), with TLS to the target when its scheme asks for it. */
export async function socketThrough(proxy: URL, target: URL): Promise<Socket> {
  const place = `${target.hostname}:${target.port || (isSecure(target) ? 443 : 80)}`
  const socket = await ask(proxy, place)
  if (!isSecure(target)) return socket
  const tls = connectTls({ socket, servername: target.hostname, ALPNProtocols: ['http/1.1'] })
  return new Promise((resolve, reject) => {
    tls.once('secureConnect', () => resolve(tls))
    tls.once('error', reject)
  })
}

const isSecure = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'wss:'

function ask(proxy: URL, place: string): Promise<Socket> {
  const { request } = proxy.protocol === 'https:' ? https : http
  const user = decodeURIComponent(proxy.username)
  const pair = Buffer.from(`${user}:${decodeURIComponent(proxy.password)}`).toString('base64')
  return new Promise((resolve, reject) => {
    const asked = request({
      method: 'CONNECT',
      host: proxy.hostname,
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      path: place,
      headers: { host: place, ...(user === '' ? {} : { 'proxy-authorization': `Basic ${pair}` }) },
      timeout: connectWithinMs,
      agent: false,
    })
    asked.once('connect', ({ statusCode }, socket: Socket) => {
      if (statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(new Error(`the proxy answers HTTP ${statusCode}`))
    })
    // A proxy that knows no CONNECT answers as to any request.
    asked.once('response', ({ statusCode }) => asked.destroy(new Error(`the proxy answers HTTP ${statusCode}`)))
    asked.once('timeout', () => asked.destroy(new Error('the proxy does not answer')))
    asked.once('error', reject)
    asked.end()
  })
}
