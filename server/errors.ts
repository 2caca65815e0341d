/** Errors are told apart by `code`, never by `instanceof`: Next compiles a second copy of this file. */
export type ErrorCode =
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'invalid'
  | 'conflict'
  | 'too-many'
  | 'unavailable'

const statusOf = {
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  invalid: 400,
  conflict: 409,
  'too-many': 429,
  unavailable: 503,
} satisfies Record<ErrorCode, number>

/**
 * A refusal that a person can act on. `message` may be shown to them, and so may `details`, for programs; `field` names the
 * input at fault.
 */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly field: string | null
  readonly details: unknown

  constructor(code: ErrorCode, message: string, field: string | null = null, details?: unknown) {
    super(message)
    this.code = code
    this.field = field
    this.details = details
  }
}

export const codeOf = (error: unknown): ErrorCode | null => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && code in statusOf ? (code as ErrorCode) : null
}

export const statusFor = (code: ErrorCode): number => statusOf[code]
