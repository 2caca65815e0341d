/** One request for a target, HTTP-shaped; its body is whole. */
export type TargetRequest = {
  method: 'GET' | 'POST' | 'DELETE'
  headers: Record<string, string>
  body: Buffer
  /** Opaque: requests that share it may share a process. */
  session: string
  /** Aborts when nobody waits for the answer any more. */
  signal: AbortSignal
}

export type TargetReply = {
  status: number
  headers: Record<string, string>
  body: Uint8Array | AsyncIterable<Uint8Array> | null
}

/** Something that this agent's own config names. `handle` rejects with TargetError for what a caller may be told. */
export type Target = {
  handle(request: TargetRequest): Promise<TargetReply>
  /** Ends what it has running; calls in flight fail with `reason`. */
  close(reason: string): Promise<void>
}

/** The target failed. The message goes to the caller: it names no address, no path and no command. */
export class TargetError extends Error {
  readonly code = 'target'
}
