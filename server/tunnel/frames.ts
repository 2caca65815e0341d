import { z } from 'zod'

/**
 * What travels between the gateway and an agent: one frame in one binary WebSocket message.
 *
 *     byte 0       type
 *     byte 1       flags: bit 0 = nothing more of this stream comes from the sender
 *     bytes 2..7   stream, unsigned, big-endian; 0 for the connection itself
 *     bytes 8..    payload
 *
 * Only the gateway opens streams, with growing ids. In either direction a stream's data may not exceed the credit that its
 * reader gave: `windowBytes` at first, then what `window` frames add. After `reset` nothing more of the stream counts.
 */
export type Frame =
  | { type: 'open'; stream: number; last: boolean; head: RequestHead }
  | { type: 'head'; stream: number; last: boolean; head: ResponseHead }
  | { type: 'data'; stream: number; last: boolean; bytes: Uint8Array }
  | { type: 'reset'; stream: number; code: ResetCode; reason: string }
  | { type: 'window'; stream: number; bytes: number }
  | { type: 'ping' | 'pong'; token: number }
  | { type: 'note'; note: Note }

export const limits = {
  headBytes: 64 * 1024,
  dataBytes: 32 * 1024,
  reasonBytes: 1024,
  noteBytes: 128 * 1024,
  windowBytes: 128 * 1024,
  creditMax: 2 ** 31 - 1,
  streams: 4096,
} as const

const headerBytes = 8
/** The largest WebSocket message either side takes. */
export const frameBytesMax = headerBytes + limits.noteBytes

/** A frame that its peer should not have sent; the connection ends. */
export class FrameError extends Error {
  readonly code = 'bad-frame'
}

const headers = z
  .record(
    z.string().regex(/^[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/, 'not a header name'),
    z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'not a header value'),
  )
  .refine((all) => Object.keys(all).length <= 100, 'too many headers')

export const TargetName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'letters, digits, `.`, `_` and `-`')

const RequestHead = z.strictObject({
  target: TargetName,
  method: z.enum(['GET', 'POST', 'DELETE']),
  headers,
  /** Opaque: who shares it may share a stdio process. What stands before its first `/` says whose it is, for fair shares of them. */
  session: z.string().min(1).max(256),
})
export type RequestHead = z.infer<typeof RequestHead>

const ResponseHead = z.strictObject({ status: z.int().min(200).max(599), headers })
export type ResponseHead = z.infer<typeof ResponseHead>

/** About the connection: what an agent serves, and which instances a gateway has. */
const Note = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('targets'), targets: z.array(TargetName).max(500) }),
  z.strictObject({ kind: z.literal('instances'), instances: z.array(z.uuid()).max(500) }),
])
export type Note = z.infer<typeof Note>

/** `cancel`: nobody waits any more. `refused`: it was not begun. `failed`: the target broke off. */
const resetCodes = ['cancel', 'refused', 'failed'] as const
export type ResetCode = (typeof resetCodes)[number]

const types = ['open', 'head', 'data', 'reset', 'window', 'ping', 'pong', 'note'] as const
const lastFlag = 1
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Throws FrameError for what the other side would refuse: one bad header of one caller must not end the connection of all. */
export function encode(frame: Frame): Buffer {
  const payload = payloadOf(frame)
  const bytes = Buffer.allocUnsafe(headerBytes + payload.length)
  bytes[0] = types.indexOf(frame.type) + 1
  bytes[1] = 'last' in frame && frame.last ? lastFlag : 0
  bytes.writeUIntBE('stream' in frame ? frame.stream : 0, 2, 6)
  bytes.set(payload, headerBytes)
  checkSize(frame.type, payload.length)
  return bytes
}

function payloadOf(frame: Frame): Uint8Array {
  switch (frame.type) {
    case 'open':
      return Buffer.from(JSON.stringify(checked(RequestHead, frame.head)))
    case 'head':
      return Buffer.from(JSON.stringify(checked(ResponseHead, frame.head)))
    case 'data':
      return frame.bytes
    case 'reset':
      return Buffer.concat([Buffer.from([resetCodes.indexOf(frame.code) + 1]), Buffer.from(plain(frame.reason))])
    case 'window':
      return uint32(frame.bytes)
    case 'ping':
    case 'pong':
      return uint32(frame.token)
    case 'note':
      return Buffer.from(JSON.stringify(checked(Note, frame.note)))
  }
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Reads one message. Refuses (FrameError) unknown types, flags and fields, wrong lengths, and anything over `limits`. */
export function decode(message: Uint8Array): Frame {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  if (bytes.length < headerBytes) throw new FrameError('the frame is shorter than its header')
  const type = types[(bytes[0] ?? 0) - 1]
  if (type === undefined) throw new FrameError('the frame has an unknown type')
  const flags = bytes[1] ?? 0
  const last = flags === lastFlag
  if (flags !== 0 && !(last && (type === 'open' || type === 'head' || type === 'data')))
    throw new FrameError('the frame has an unknown flag')
  const stream = bytes.readUIntBE(2, 6)
  const ofConnection = type === 'ping' || type === 'pong' || type === 'note'
  if ((stream === 0) !== ofConnection) throw new FrameError('the frame has the wrong stream')
  const payload = bytes.subarray(headerBytes)
  checkSize(type, payload.length)
  switch (type) {
    case 'open':
      return { type, stream, last, head: json(RequestHead, payload) }
    case 'head':
      return { type, stream, last, head: json(ResponseHead, payload) }
    case 'data':
      if (payload.length === 0 && !last) throw new FrameError('the frame has no data')
      return { type, stream, last, bytes: payload }
    case 'reset':
      return { type, stream, ...readReset(payload) }
    case 'window':
      return { type, stream, bytes: credit(payload) }
    case 'ping':
    case 'pong':
      return { type, token: payload.readUInt32BE() }
    case 'note':
      return { type, note: json(Note, payload) }
  }
}

function checkSize(type: Frame['type'], length: number): void {
  const [least, most] = {
    open: [2, limits.headBytes],
    head: [2, limits.headBytes],
    data: [0, limits.dataBytes],
    reset: [1, 1 + limits.reasonBytes],
    window: [4, 4],
    ping: [4, 4],
    pong: [4, 4],
    note: [2, limits.noteBytes],
  }[type] as [number, number]
  if (length < least || length > most) throw new FrameError(`a frame of the type ${type} cannot have ${length} bytes`)
}

function json<T>(schema: z.ZodType<T>, payload: Buffer): T {
  try {
    return schema.parse(JSON.parse(utf8.decode(payload)))
  } catch {
    throw new FrameError('the frame does not hold what its type says')
  }
}

function checked<T>(schema: z.ZodType<T>, value: T): T {
  const { success, data, error } = schema.safeParse(value)
  if (!success) throw new FrameError(`this cannot be sent: ${error.issues[0]?.message}`)
  return data
}

function readReset(payload: Buffer): { code: ResetCode; reason: string } {
  const code = resetCodes[(payload[0] ?? 0) - 1]
  if (code === undefined) throw new FrameError('the frame has an unknown reset code')
  return { code, reason: plain(text(payload.subarray(1))) }
}

function text(payload: Buffer): string {
  try {
    return utf8.decode(payload)
  } catch {
    throw new FrameError('the frame is not UTF-8')
  }
}

function credit(payload: Buffer): number {
  const bytes = payload.readUInt32BE()
  if (bytes === 0 || bytes > limits.creditMax) throw new FrameError('the frame gives no usable credit')
  return bytes
}

/** A reason is shown to people: printable, one line, short. */
export const plain = (reason: string): string => reason.replace(/[^\x20-\x7e]/g, '?').slice(0, 300)
