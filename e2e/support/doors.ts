import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const app = resolve(import.meta.dirname, '../../app')

const filesNamed = (name: string): string[] =>
  readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((path) => path === name || path.endsWith(`/${name}`))
    .sort()

const pathOf = (file: string, name: string): string =>
  `/${file.slice(0, -name.length)}`.replace(/\/\([^)]+\)/g, '').replace(/(.)\/$/, '$1')

const exported =
  /export (?:const|async function|function) (GET|POST|PUT|PATCH|DELETE)\b|\bas (GET|POST|PUT|PATCH|DELETE)\b/g

/** Every method of every route that the app has, such as `PUT /api/policy`. */
export const routesOnDisk = (): string[] =>
  filesNamed('route.ts').flatMap((file) =>
    [...readFileSync(join(app, file), 'utf8').matchAll(exported)].map(
      ([, one, other]) => `${one ?? other} ${pathOf(file, 'route.ts')}`,
    ),
  )

/** The path of every page. */
export const pagesOnDisk = (): string[] => filesNamed('page.tsx').map((file) => pathOf(file, 'page.tsx'))

export type Person = 'alice' | 'bob' | 'carol' | 'dave' | 'erin'
export const people: Person[] = ['erin', 'dave', 'alice', 'bob', 'carol']

type Refused = 403 | 404 | 409

export type Door = {
  /** Who may; all others get `refused`, or what it says for each of them. */
  may: Person[]
  refused?: Refused | Partial<Record<Person, Refused>>
  query?: string
  body?: (person: Person) => unknown
  /** What tells, beside a success, that they may: what they ask is not there to be done now. */
  or?: number[]
  /** What a stream that has begun says to others. */
  says?: string
}

const everybody = people
const admin: Person[] = ['carol']
const auditors: Person[] = ['carol', 'dave']
const target = { transport: 'http', url: 'http://127.0.0.1:9/mcp' }
const document = { roles: [], masks: [] }
const about = (more: object) => () => more
/** Whoever knows of a question is told that it is not for them to decide; for erin there is none. */
const toDecide = { may: ['bob'] as Person[], refused: { erin: 404, dave: 403, alice: 403, carol: 403 } as const }
const asked = ['alice', 'bob', 'carol', 'dave'] as Person[]

/** Open to everybody, or with a check of their own that other specs try. */
export const otherDoors = [
  'DELETE /mcp/[connection]',
  'GET /api/auth/[...nextauth]',
  'GET /mcp/[connection]',
  'GET /schema/policy.json',
  'POST /api/auth/[...nextauth]',
  'POST /api/auth/sign-out',
  'POST /mcp/[connection]',
]

/** Who sees what a page is about; everybody else is told that it is not for them. */
export const pages: Record<string, Person[]> = {
  '/': everybody,
  '/access': everybody,
  '/agents': auditors,
  '/agents/new': admin,
  '/ask': everybody,
  '/audit': auditors,
  '/connections': everybody,
  '/connections/[name]': everybody,
  '/connections/[name]/edit': admin,
  '/connections/new': admin,
  '/grants': everybody,
  '/notices': admin,
  '/reviews': everybody,
  '/reviews/[id]': asked,
  '/roles': everybody,
  '/roles/edit': admin,
  '/roles/unused': auditors,
  '/roles/versions': everybody,
  '/sessions': everybody,
  '/sessions/[id]': ['alice', 'carol', 'dave'],
}

/** Who may do what (docs/operations.md, docs/reviews.md). Ids are those of what is alice's, or of what carol made. */
export const doors: Record<string, Door> = {
  'GET /api/agents': { may: auditors },
  'POST /api/agents': { may: admin, body: (person) => ({ name: `of-${person}` }) },
  'POST /api/agents/[id]/token': { may: admin },
  'DELETE /api/agents/[id]': { may: admin },
  'GET /api/audit': { may: auditors },
  'GET /api/connections': { may: everybody },
  'POST /api/connections': { may: admin, body: (person) => ({ name: `of-${person}`, ...target }) },
  'POST /api/connections/try': { may: admin, body: about(target) },
  'GET /api/connections/[name]': { may: everybody },
  'PATCH /api/connections/[name]': { may: admin, body: about(target) },
  'PUT /api/connections/[name]/credential': { may: admin, body: about({ type: 'headers', headers: { 'x-key': 'k' } }) },
  'DELETE /api/connections/[name]/credential': { may: admin },
  'GET /api/connections/[name]/quarantine': { may: auditors },
  'POST /api/connections/[name]/quarantine': {
    ...{ may: admin, or: [409] },
    body: about({ verdict: 'accept', tools: [{ name: 'a', hash: 'b' }] }),
  },
  'POST /api/connections/[name]/test': { may: admin },
  'GET /api/events': { may: everybody },
  'GET /api/export': { may: auditors },
  'GET /api/grants': { may: everybody },
  'GET /api/notices': { may: admin },
  'POST /api/notices': {
    may: admin,
    body: (person) => ({ name: `of-${person}`, kind: 'webhook', url: 'http://127.0.0.1:9/' }),
  },
  'POST /api/notices/[id]/test': { may: admin },
  'DELETE /api/notices/[id]': { may: admin },
  'POST /api/policy/ask': { may: auditors, body: about({ ask: 'who', connection: 'shop', resource: 'query' }) },
  'POST /api/policy/check': { may: admin, body: about({ document }) },
  'GET /api/policy/claims': { may: admin },
  'GET /api/policy/diff': { may: everybody, query: '?from=0&to=1' },
  'GET /api/policy/fields': { may: admin, query: '?connection=shop' },
  'GET /api/policy/people': { may: auditors },
  'POST /api/policy/preview': { may: admin, body: about({ document }), says: 'only administrators may do this' },
  'GET /api/policy': { may: everybody },
  'GET /api/policy/unused': { may: auditors },
  'GET /api/policy/versions': { may: everybody },
  'GET /api/policy/versions/[number]': { may: everybody },
  'POST /api/policy/versions/[number]/restore': { may: admin, body: about({ message: 'as it was' }) },
  'POST /api/record': { may: auditors },
  'GET /api/reviews': { may: everybody },
  'GET /api/reviews/breaks': { may: everybody },
  'GET /api/reviews/count': { may: everybody },
  'GET /api/reviews/[id]': { may: asked, refused: 404 },
  'GET /api/reviews/[id]/answers': { may: asked, refused: 404 },
  'GET /api/reviews/[id]/glass': { may: asked, refused: 404 },
  'GET /api/sessions': { may: everybody },
  'GET /api/sessions/[id]/steps': { may: ['alice', 'carol', 'dave'], refused: 404 },
  'GET /api/sessions/[id]/steps/[step]': { may: ['alice', 'carol', 'dave'], refused: 404 },
  // No rule of the demo lets anybody break its glass.
  'POST /api/reviews/[id]/glass': {
    ...{ may: [], body: about({ why: 'it burns' }) },
    refused: { erin: 404, dave: 404, alice: 404, bob: 404, carol: 403 },
  },
  'POST /api/reviews/[id]/finding': { may: [], refused: 404, body: about({ finding: 'all is well' }) },
  'POST /api/reviews/[id]/reason': { may: [], refused: 409, body: about({ reason: 'because' }) },
  'POST /api/reviews/[id]/counter': { ...toDecide, or: [409], body: about({ arguments: {} }) },
  'POST /api/reviews/[id]/mute': { ...toDecide, body: about({ minutes: 1 }) },
  'DELETE /api/reviews/[id]/mute': toDecide,
  'POST /api/reviews/[id]/votes': { ...toDecide, body: about({ verdict: 'deny' }) },
  'POST /api/reviews/[id]/cancel': { may: ['alice'], refused: 409, or: [409] },
  'POST /api/reviews': {
    ...{ may: ['alice', 'bob'], refused: 404, or: [400] },
    body: about({ connection: 'shop', tools: ['refund_order'], minutes: 5, reason: 'for a while' }),
  },
  'DELETE /api/grants/[id]': { may: ['alice', 'bob', 'carol'], refused: 404, or: [409] },
  'PUT /api/policy': { may: admin, body: about({ document, message: 'nothing' }) },
  'DELETE /api/connections/[name]': { may: admin },
}
