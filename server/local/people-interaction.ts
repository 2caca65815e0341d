import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import type { Env } from '../env'
import { localScope } from '../oauth/protected-resource'
import { readWhole } from '../read-whole'
import { ownOrigins } from './guard'
import { type Asking, consentPage, messagePage, pageHeaders, peoplePage } from './pages'
import { type LocalPerson, localPeople, localPerson } from './people-accounts'
import { staysOnThisMachine } from './people-clients'

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>
type Exchange = { req: IncomingMessage; res: ServerResponse; provider: Provider; env: Env }

const bodyBytesMax = 4_096

/** The page at `/local/interaction/<uid>`: choose a person, then, for any client but the console, allow it. */
export async function interact(exchange: Exchange): Promise<void> {
  const { req, res, provider, env } = exchange
  const interaction = await found(exchange)
  if (interaction === null)
    return say(res, 400, 'This sign-in is over', 'It was finished, cancelled or left for too long. Start it again.')
  const asking = await askingOf(provider, interaction, env)
  if (!staysOnThisMachine(String(interaction.params.redirect_uri)))
    return say(res, 403, 'Not on this machine', `Local mode gives nothing to ${asking.redirectHost}.`)
  if (req.method === 'GET') return show(res, 200, peoplePage(localPeople, asking))
  if (req.method !== 'POST' || !ownOrigins(env).includes(req.headers.origin ?? ''))
    return say(res, 403, 'Not from this page', 'Answer with the buttons of this page.')
  const answer = await formOf(req)
  if (answer.has('cancel')) return finish(exchange, { error: 'access_denied', error_description: 'cancelled' })
  const person = localPerson(answer.get('person'))
  if (person === null)
    return say(res, 400, 'Nobody by that name', `Local mode knows ${localPeople.map(({ id }) => id).join(', ')}.`)
  if (asking.isConsole) return finish(exchange, { login: { accountId: person.id } })
  if (answer.get('consent') !== 'allow') return show(res, 200, consentPage(person, asking))
  const grantId = await grantTo(provider, interaction, person)
  return finish(exchange, { login: { accountId: person.id }, consent: { grantId } })
}

/** The interaction of this browser's cookie; null when it is not the one in the address, or is gone. */
async function found({ req, res, provider }: Exchange): Promise<Interaction | null> {
  try {
    const interaction = await provider.interactionDetails(req, res)
    return req.url === `/interaction/${interaction.uid}` ? interaction : null
  } catch {
    return null
  }
}

const finish = ({ req, res, provider }: Exchange, result: Parameters<Provider['interactionFinished']>[2]) =>
  provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false })

async function askingOf(provider: Provider, { params }: Interaction, env: Env): Promise<Asking> {
  const client = await provider.Client.find(String(params.client_id))
  const { protocol, host } = new URL(String(params.redirect_uri))
  return {
    client: client?.clientName ?? String(params.client_id),
    redirectHost: host === '' ? protocol : `${protocol}//${host}`,
    resources: resourcesOf(params),
    isConsole: params.client_id === env.clientId,
  }
}

const resourcesOf = ({ resource }: Interaction['params']): string[] =>
  resource === undefined ? [] : ([resource].flat() as string[])

async function grantTo(provider: Provider, { params }: Interaction, person: LocalPerson): Promise<string> {
  const grant = new provider.Grant({ accountId: person.id, clientId: String(params.client_id) })
  grant.addOIDCScope(String(params.scope))
  for (const resource of resourcesOf(params)) grant.addResourceScope(resource, localScope)
  return grant.save()
}

async function formOf(req: IncomingMessage): Promise<URLSearchParams> {
  const body = await readWhole(req, bodyBytesMax)
  return new URLSearchParams(body?.toString('utf8'))
}

const show = (res: ServerResponse, status: number, page: string): void => {
  res.writeHead(status, pageHeaders).end(page)
}

const say = (res: ServerResponse, status: number, title: string, message: string): void =>
  show(res, status, messagePage(title, message))
