import { WebSocket } from 'ws'
import { frameBytesMax } from '../frames'
import { Challenge, closes, connectPath, parse, protocol, Welcome, writeHello } from '../handshake'
import { Mux, type MuxOptions } from '../mux'
import type { Identity } from './identity'
import { messageOf } from './log'
import { proxyFor, socketThrough } from './proxy'

export type Connected = { kind: 'connected'; instance: string; instances: string[]; mux: Mux }
export type Dialled =
  | Connected
  /** Somebody is connected to that instance as this agent already: most often this process. */
  | { kind: 'duplicate' }
  /** The gateway does not want this agent. */
  | { kind: 'refused'; reason: string }
  | { kind: 'failed'; reason: string }

export type DialOptions = {
  origin: URL
  identity: Identity
  /** Made anew by each process. */
  process: string
  version: string
  targets(): string[]
  has(instance: string): boolean
  mux(instance: string): MuxOptions
}

const handshakeWithinMs = 20_000

/** One attempt to reach one instance of the gateway, whichever the address leads to. Never throws. */
export async function dial(options: DialOptions): Promise<Dialled> {
  try {
    const { origin } = options
    const url = new URL(connectPath, origin)
    url.protocol = origin.protocol === 'https:' ? 'wss:' : 'ws:'
    const proxy = proxyFor(url, process.env)
    const through = proxy === null ? null : await socketThrough(proxy, url)
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: frameBytesMax,
      handshakeTimeout: handshakeWithinMs,
      followRedirects: false,
      ...(through === null ? {} : { createConnection: () => through }),
    })
    return await shake(socket, options)
  } catch (error) {
    return { kind: 'failed', reason: messageOf(error) }
  }
}

function shake(socket: WebSocket, options: DialOptions): Promise<Dialled> {
  return new Promise((resolve) => {
    let instance: string | null = null
    const leave = () => {
      clearTimeout(timer)
      socket.removeAllListeners('message')
      socket.removeAllListeners('close')
    }
    const end = (dialled: Dialled) => {
      leave()
      socket.terminate()
      resolve(dialled)
    }
    const fail = (reason: string) => end({ kind: 'failed', reason })
    const timer = setTimeout(() => fail('the gateway did not answer in time'), handshakeWithinMs)
    socket.on('error', ({ message }) => fail(message))
    socket.on('close', (code, reason) => end(closedBy(code, reason.toString())))
    // Each message is answered in the turn in which it came: after the welcome frames may follow at once.
    socket.on('message', (data) => {
      const said = parse(String(data))
      if (instance === null) {
        const challenge = Challenge.safeParse(said)
        if (!challenge.success) return fail('this is not a gateway')
        instance = challenge.data.instance
        if (options.has(instance)) return end({ kind: 'duplicate' })
        return socket.send(hello(challenge.data, options))
      }
      const welcome = Welcome.safeParse(said)
      if (!welcome.success) return fail('the gateway gave no welcome')
      leave()
      const mux = new Mux(socket, options.mux(instance))
      resolve({ kind: 'connected', instance, instances: welcome.data.instances, mux })
    })
  })
}

function hello({ nonce, instance }: Challenge, { identity, origin, process, version, targets }: DialOptions): string {
  const said = { protocol, nonce, instance, agent: identity.agent, process, gateway: origin.origin, time: Date.now() }
  return writeHello({ ...said, version, targets: targets() }, identity.key)
}

function closedBy(code: number, reason: string): Dialled {
  if (code === closes.connected) return { kind: 'duplicate' }
  const known = [closes.malformed, closes.refused, closes.revoked, closes.outdated] as number[]
  return known.includes(code)
    ? { kind: 'refused', reason }
    : { kind: 'failed', reason: reason || `closed with ${code}` }
}
