import { Refusal } from '../errors'
import { type Frame, FrameError, type RequestHead, type ResetCode, type ResponseHead } from './frames'
import { Inbox } from './inbox'
import { Outbox, type Pipe } from './outbox'

export type Wire = Pipe & { send(frame: Frame): void; forget(stream: number): void }
type OfStream = Extract<Frame, { type: 'head' | 'data' | 'reset' | 'window' }>

/** The agent, its target or the connection failed; the message may be shown to the caller. */
export const unavailable = (reason: string): Refusal => new Refusal('unavailable', reason)

/**
 * One request and its response, seen from either side: a head each way, then bytes each way under credit. It is forgotten
 * when both sides have ended, or one has reset it.
 */
class Stream {
  readonly id: number
  readonly inbox: Inbox
  readonly outbox: Outbox
  /** Called once, however it ended. */
  onOver: () => void = () => {}
  readonly #wire: Wire
  #over = false

  constructor(id: number, wire: Wire) {
    this.id = id
    this.#wire = wire
    this.inbox = new Inbox({
      give: (bytes) => this.#over || wire.send({ type: 'window', stream: id, bytes }),
      left: () => this.reset('cancel', 'nobody reads on'),
    })
    this.outbox = new Outbox(wire, (bytes, last) => {
      wire.send({ type: 'data', stream: id, last, bytes })
      if (last) this.settle()
    })
  }

  /** Throws FrameError for what the other side may not send now. */
  receive(frame: OfStream): void {
    switch (frame.type) {
      case 'head':
        throw new FrameError('a head came where none belongs')
      case 'data':
        this.inbox.push(frame.bytes, frame.last)
        this.settle()
        break
      case 'window':
        this.outbox.grant(frame.bytes)
        break
      case 'reset':
        this.fail(unavailable(frame.reason || 'the target broke off'))
        break
    }
  }

  /** Ends it in both directions; does nothing when it is over. Who reads or writes here gets `error`. */
  reset(code: ResetCode, reason: string, error: Error = unavailable(reason)): void {
    if (this.#over) return
    this.#wire.send({ type: 'reset', stream: this.id, code, reason })
    this.fail(error)
  }

  /** The other side is gone. */
  fail(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.inbox.fail(error)
    this.outbox.fail(error)
    this.onFailure(error)
    this.#forget()
  }

  protected onFailure(_error: Error): void {}

  protected settle(): void {
    if (this.#over || !this.inbox.ended || !this.outbox.ended) return
    this.#over = true
    this.#forget()
  }

  #forget(): void {
    this.#wire.forget(this.id)
    this.onOver()
  }

  protected send(frame: Frame): void {
    if (!this.#over) this.#wire.send(frame)
  }
}

/** The gateway's side: asks, and waits for the head of the answer. */
export class Asking extends Stream {
  readonly head: Promise<ResponseHead>
  #answer: { resolve(head: ResponseHead): void; reject(error: Error): void } | null = null

  constructor(id: number, wire: Wire) {
    super(id, wire)
    this.head = new Promise((resolve, reject) => {
      this.#answer = { resolve, reject }
    })
    // A request that could not even be sent fails before anybody waits.
    this.head.catch(() => {})
  }

  ask(head: RequestHead, body: Uint8Array): Promise<ResponseHead> {
    const last = body.length === 0
    this.send({ type: 'open', stream: this.id, last, head })
    if (last) this.outbox.close()
    // A target may answer before it has read everything; what fails here fails the head too.
    else void this.outbox.write(body, true).catch(() => {})
    return this.head
  }

  override receive(frame: OfStream): void {
    if (frame.type === 'data' && this.#answer !== null) throw new FrameError('data came before its head')
    if (frame.type === 'head') this.#begin(frame.head, frame.last)
    else super.receive(frame)
  }

  #begin(head: ResponseHead, last: boolean): void {
    if (this.#answer === null) throw new FrameError('a stream has two heads')
    this.#answer.resolve(head)
    this.#answer = null
    if (last) this.inbox.push(new Uint8Array(), true)
    this.settle()
  }

  protected override onFailure(error: Error): void {
    this.#answer?.reject(error)
    this.#answer = null
  }
}

/** The agent's side: answers. */
export class Answering extends Stream {
  readonly #gone = new AbortController()

  /** Aborts when the gateway reset the stream, or the connection was lost. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  respond(head: ResponseHead, last: boolean): void {
    this.send({ type: 'head', stream: this.id, last, head })
    if (!last) return
    this.outbox.close()
    this.settle()
  }

  protected override onFailure(error: Error): void {
    this.#gone.abort(error)
  }
}
