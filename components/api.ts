/** What an endpoint refused, in its own words; `field` names the input at fault. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field: string | null,
    readonly details?: unknown,
  ) {
    super(message)
  }
}

type Refused = { error?: { message: string; field: string | null; details?: unknown } }

async function read<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  const body = (await response.json().catch(() => null)) as Refused | null
  if (response.ok) return body as T
  const { message = `Sallyport answered HTTP ${response.status}; try again`, field = null, details } = body?.error ?? {}
  throw new ApiProblem(response.status, message, field, details)
}

const unreachable = () => new ApiProblem(0, 'Sallyport does not answer; check that it runs, and try again', null)

export async function get<T>(path: string): Promise<T> {
  const response = await fetch(path, { cache: 'no-store', headers: { accept: 'application/json' } }).catch(() => null)
  if (response === null) throw unreachable()
  return read(response)
}

let token: Promise<{ csrfToken: string }> | null = null

type Change = [method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown]

export const change = async <T = void>(...sent: Change): Promise<T> => read<T>(await changing(sent))

/** What a change is answered with, when it is not refused. It carries the CSRF token that every one of our endpoints asks for. */
export async function changing([method, path, body]: Change, signal?: AbortSignal): Promise<Response> {
  const once = async () => {
    token ??= get<{ csrfToken: string }>('/api/auth/csrf')
    const { csrfToken } = await token.catch((error: unknown) => {
      token = null
      throw error
    })
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrfToken }
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = await fetch(path, { ...init, ...(signal && { signal }) }).catch(() => null)
    if (response === null) throw unreachable()
    return response.ok ? response : read<never>(response)
  }
  const before = token
  return once().catch((error: unknown) => {
    // Signing in again elsewhere brings another token; nothing was changed with the old one.
    if (before === null || (error as ApiProblem).field !== 'x-csrf-token') throw error
    token = null
    return once()
  })
}
