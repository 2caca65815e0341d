import type { ConsoleSession } from '../../server/local/sign-in'
import type { PolicyDocument } from '../../server/types'

/** What an administrator does in the console, through the same endpoints. */
export async function ask(session: ConsoleSession, path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await session.fetch(path, init)
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}: ${await response.text()}`)
  return response.json()
}

export async function createConnection(
  admin: ConsoleSession,
  name: string,
  url: string,
  headers?: Record<string, string>,
  more: object = {},
): Promise<void> {
  const credential = headers === undefined ? {} : { credential: { type: 'headers', headers } }
  const body = JSON.stringify({ name, transport: 'http', url, ...credential, ...more })
  await ask(admin, '/api/connections', { method: 'POST', body })
}

export async function publish(
  admin: ConsoleSession,
  message: string,
  change: (document: PolicyDocument) => unknown,
): Promise<void> {
  const { number, document } = (await ask(admin, '/api/policy')) as { number: number; document: PolicyDocument }
  const body = JSON.stringify({ document: change(document), message, basedOn: number })
  await ask(admin, '/api/policy', { method: 'PUT', body })
}

/** Lets support use everything on these connections. */
export const allowing =
  (name: string, connections: string[]) =>
  (document: PolicyDocument): unknown => ({
    ...document,
    roles: [
      ...document.roles,
      {
        name,
        members: [{ claim: 'groups', value: 'support' }],
        rules: [{ id: 'all', effect: 'allow', connections }],
      },
    ],
  })
