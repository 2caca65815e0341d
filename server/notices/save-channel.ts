import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { emit } from '../audit/emit'
import { type Context, requireAdmin, type Transaction, transaction } from '../context'
import { ring } from '../db/notify'
import { noticeChannels } from '../db/review-schema'
import { Refusal } from '../errors'
import type { Keys } from '../keys'
import type { JsonObject } from '../types'
import { Channel } from './schemas'
import type { Reach } from './send'
import { type Mailbox, mailProblem, mailServer } from './send-mail'

type Tools = { keys: Pick<Keys, 'seal'>; reach: Pick<Reach, 'problem'> }

/** A place where people are told. The secret that a webhook is signed with is shown this once. */
export async function createChannel(
  ctx: Context,
  { keys, reach }: Tools,
  input: Channel,
): Promise<{ id: string; secret: string | null }> {
  requireAdmin(ctx)
  const given = Channel.parse(input)
  const { name, kind, groups, afterMinutes } = given
  const channel = { name, kind, groups, afterMinutes }
  const { address, hint, problem } = kind === 'email' ? byMail(given, reach) : byUrl(given, reach)
  if (problem !== null) throw new Refusal('invalid', problem, 'url')
  const id = crypto.randomUUID()
  const secret = channel.kind === 'webhook' ? `whsec_${randomBytes(32).toString('base64')}` : null
  return transaction(ctx, async (tx) => {
    const row = {
      ...channel,
      id,
      hint,
      addressSealed: keys.seal(address, `notice ${id}`),
      secretSealed: secret === null ? null : keys.seal(secret, `notice secret ${id}`),
    }
    const added = await tx.insert(noticeChannels).values(row).onConflictDoNothing().returning({ id: noticeChannels.id })
    if (added.length === 0) throw new Refusal('conflict', `there is a channel \`${channel.name}\` already`, 'name')
    await said(tx, ctx, 'notice.create', name, { ...channel, hint })
    await ring(tx, 'reviews', '')
    return { id, secret }
  })
}

type Place = { address: string; hint: string; problem: string | null }

// The path of a Slack webhook is its secret.
const byUrl = ({ url }: { url: string }, reach: Tools['reach']): Place => ({
  ...{ address: url, hint: new URL(url).origin, problem: reach.problem(url) },
})

/** Of the server's address everything but the account is shown; who is written to is no secret. */
function byMail({ url, from, to }: Mailbox, reach: Tools['reach']): Place {
  const server = mailServer(url)
  const hint = 'problem' in server ? '' : `${server.shown}, to ${to.join(', ')}`
  return { address: JSON.stringify({ url, from, to }), hint, problem: mailProblem(server, reach) }
}

export async function removeChannel(ctx: Context, id: string): Promise<void> {
  requireAdmin(ctx)
  await transaction(ctx, async (tx) => {
    const known = z.uuid().safeParse(id).success
    const [gone] = known ? await tx.delete(noticeChannels).where(eq(noticeChannels.id, id)).returning() : []
    if (gone === undefined) throw new Refusal('not-found', 'there is no such channel')
    await said(tx, ctx, 'notice.remove', gone.name, { name: gone.name })
  })
}

const said = (tx: Transaction, { viewer }: Context, action: string, channel: string, body: JsonObject) =>
  emit(tx, { id: viewer.id, name: viewer.email ?? viewer.name }, { action, resource: channel, body })
