import { randomInt } from 'node:crypto'
import type { RawData, WebSocket } from 'ws'
import { decode, encode, type Frame, FrameError, limits, type Note, plain, type RequestHead } from './frames'
import { defaultPace, type Pace, type Pulse, startPulse } from './pulse'
import { Answering, Asking, unavailable, type Wire } from './stream'

export type Opening = { head: RequestHead; stream: Answering }

export type MuxOptions = {
  /** What those hear who wait when the connection is lost. */
  lost: string
  pace?: Pace
  /** The agent's side. Without it an `open` frame ends the connection. */
  onOpen?(opening: Opening): void
  onNote?(note: Note): void
  /** Called once, whoever ended the connection. */
  onClose?(code: number, reason: string): void
}

const busyAbove = 1024 * 1024
const readyBelow = 256 * 1024
const protocolError = 1002

/** All streams of one connected, authenticated WebSocket. A frame that breaks the rules ends the connection. */
export class Mux {
  readonly #socket: WebSocket
  readonly #options: MuxOptions
  readonly #streams = new Map<number, Asking | Answering>()
  readonly #pulse: Pulse
  readonly #wire: Wire
  #lastStream = 0
  #waiting: (() => void)[] = []
  #echoes = new Map<number, () => void>()
  #closed = false

  constructor(socket: WebSocket, options: MuxOptions) {
    this.#socket = socket
    this.#options = options
    this.#wire = {
      send: (frame) => this.#send(frame),
      forget: (stream) => void this.#streams.delete(stream),
      ready: () => this.#ready(),
    }
    this.#pulse = startPulse(
      options.pace ?? defaultPace,
      () => this.#send({ type: 'ping', token: 0 }),
      () => this.#lose(1006, 'nothing was heard for too long'),
    )
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary))
    socket.on('error', (error) => this.#lose(1006, error.message))
    socket.on('close', (code, reason) => this.#lose(code, reason.toString()))
  }

  /** Streams that are not over. */
  get inFlight(): number {
    return this.#streams.size
  }

  get closed(): boolean {
    return this.#closed
  }

  /** The gateway's side: a stream to ask on. Throws `unavailable` when there are too many or the connection is gone. */
  stream(): Asking {
    if (this.#closed) throw unavailable(this.#options.lost)
    if (this.#streams.size >= limits.streams) throw unavailable('the agent has too many calls in flight')
    this.#lastStream += 1
    const stream = new Asking(this.#lastStream, this.#wire)
    this.#streams.set(stream.id, stream)
    return stream
  }

  note(note: Note): void {
    this.#send({ type: 'note', note })
  }

  /** Whether the other side answers within `withinMs`. */
  alive(withinMs: number): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false)
    const token = randomInt(1, 2 ** 32)
    return new Promise((resolve) => {
      const done = (lives: boolean) => {
        clearTimeout(timer)
        this.#echoes.delete(token)
        resolve(lives)
      }
      const timer = setTimeout(() => done(false), withinMs)
      this.#echoes.set(token, () => done(!this.#closed))
      this.#send({ type: 'ping', token })
    })
  }

  /** Ends the connection; calls in flight fail at once. */
  close(code: number, reason: string): void {
    this.#lose(code, reason)
  }

  #send(frame: Frame): void {
    if (this.#closed || this.#socket.readyState !== this.#socket.OPEN) return
    this.#socket.send(encode(frame), this.#flushed)
  }

  #ready(): Promise<void> | null {
    if (this.#closed || this.#socket.bufferedAmount < busyAbove) return null
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  readonly #flushed = (): void => {
    if (this.#waiting.length === 0 || this.#socket.bufferedAmount > readyBelow) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#closed) return
    this.#pulse.heard()
    try {
      if (!isBinary) throw new FrameError('a text message came where frames belong')
      this.#take(decode(data as Buffer))
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'bad-frame') throw error
      this.#lose(protocolError, (error as Error).message)
    }
  }

  #take(frame: Frame): void {
    switch (frame.type) {
      case 'ping':
        this.#send({ type: 'pong', token: frame.token })
        break
      case 'pong':
        this.#echoes.get(frame.token)?.()
        break
      case 'note':
        this.#options.onNote?.(frame.note)
        break
      case 'open':
        this.#open(frame)
        break
      default:
        // One that was reset here a moment ago is known by its number; any other was never there.
        if (frame.stream > this.#lastStream) throw new FrameError('there is no such stream')
        this.#streams.get(frame.stream)?.receive(frame)
    }
  }

  #open({ stream: id, head, last }: Extract<Frame, { type: 'open' }>): void {
    const { onOpen } = this.#options
    if (onOpen === undefined) throw new FrameError('only a gateway opens streams')
    if (id <= this.#lastStream) throw new FrameError('a stream is opened twice')
    if (this.#streams.size >= limits.streams) throw new FrameError('there are too many streams')
    this.#lastStream = id
    const stream = new Answering(id, this.#wire)
    this.#streams.set(id, stream)
    if (last) stream.receive({ type: 'data', stream: id, last, bytes: new Uint8Array() })
    onOpen({ head, stream })
  }

  #lose(code: number, reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#pulse.stop()
    const sent = code === 1005 || code === 1006 ? undefined : code
    this.#socket.close(sent, plain(reason).slice(0, 120))
    // Whoever does not answer a farewell in time is cut off.
    setTimeout(() => this.#socket.terminate(), code === 1006 ? 0 : 1000).unref()
    const error = unavailable(this.#options.lost)
    for (const stream of [...this.#streams.values()]) stream.fail(error)
    for (const done of [...this.#echoes.values()]) done()
    for (const resolve of this.#waiting.splice(0)) resolve()
    this.#options.onClose?.(code, reason)
  }
}
