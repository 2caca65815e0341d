import { type Context, requireAdmin, requireAuditor } from '../../context'
import { Refusal } from '../../errors'
import { type CompiledPolicy, compile } from '../../policy/compile'
import { checkDocument } from '../../policy/document'
import type { JsonObject, Principal } from '../../types'
import { getVersion } from '../get-version'
import { seenPeople } from '../seen-people'
import { Ask, type AskAnswer } from './schemas'
import { tryCall } from './try'
import { whatCan } from './what'
import { whoCan } from './who'
import { whyDecided } from './why'

/**
 * Who can do this, what can this person do, why was this decided so, and what would be decided. Admins and auditors ask
 * about anybody, others about themselves and their own calls. Nothing runs.
 */
export async function askPolicy(ctx: Context, input: Ask, inForce: CompiledPolicy): Promise<AskAnswer> {
  const asked = Ask.parse(input)
  if (asked.ask === 'why') return whyDecided(ctx, asked.entry, inForce)
  const policy = await policyOf(ctx, asked, inForce)
  switch (asked.ask) {
    case 'who':
      requireAuditor(ctx)
      return whoCan(ctx, policy, asked)
    case 'what':
      return whatCan(ctx, policy, await personOf(ctx, asked.person), asked.connection ?? null)
    case 'try':
      return tryCall(ctx, policy, await personOf(ctx, asked.person), asked)
    default:
      throw new Refusal('invalid', 'ask `who`, `what`, `why` or `try`', asked satisfies never)
  }
}

type Which = { version?: number | undefined; document?: unknown }

async function policyOf(ctx: Context, { version, document }: Which, inForce: CompiledPolicy): Promise<CompiledPolicy> {
  if (document !== undefined) {
    requireAdmin(ctx)
    const read = checkDocument(document)
    if (!read.ok) throw new Refusal('invalid', 'the draft has errors; mend them first', 'document')
    return compile(0, read.document)
  }
  if (version === undefined || version === inForce.version) return inForce
  return compile(version, (await getVersion(ctx, version)).document)
}

type Asked = Extract<ReturnType<typeof Ask.parse>, { person: unknown }>['person']

async function personOf(ctx: Context, asked: Asked): Promise<Principal> {
  if ('id' in asked && asked.id === ctx.viewer.id) return ctx.viewer
  requireAuditor(ctx)
  if (!('id' in asked)) {
    const { groups, claims, email } = asked
    return {
      id: '',
      email,
      name: email ?? 'somebody',
      groups,
      claims: { ...claims, groups } as JsonObject,
      kind: 'user',
    }
  }
  const known = (await seenPeople(ctx.db)).find(({ id }) => id === asked.id)
  if (known === undefined) throw new Refusal('not-found', 'nobody with this id was seen', 'person')
  return { ...known, kind: 'user' }
}
