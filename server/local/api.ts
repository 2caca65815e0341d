export type Send = (method: string, path: string, body?: unknown) => Promise<unknown>

/** What a refused request rejects with. */
export type Unanswered = Error & { code: string; details: unknown }

type Answer = { error?: { code: string; message: string; details?: unknown } }

/** The API of a running Sallyport, with a bearer token; JSON in and out. */
export function sender(publicUrl: string, token: string): Send {
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
    const response = await fetch(`${publicUrl}${path}`, init).catch(() => null)
    if (response === null) throw new Error(`sallyport does not answer at ${publicUrl}; start it with \`npm start\``)
    const text = await response.text()
    const answer = text === '' ? null : (JSON.parse(text) as Answer)
    if (response.ok) return answer
    const { code = 'internal', message = `HTTP ${response.status}`, details } = answer?.error ?? {}
    throw Object.assign(new Error(message), { code, details })
  }
}
