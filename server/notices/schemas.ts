import { z } from 'zod'

// PostgreSQL keeps no NUL in a text.
const storable = (text: string) => text.replace(/[\0\p{Cs}]/gu, '')

const about = {
  name: z.string().trim().min(1, 'give it a name').max(60).transform(storable),
  /** Told of questions that one of these groups may answer; of all of them when empty. */
  groups: z.array(z.string().trim().min(1).max(200).transform(storable)).max(50).default([]),
  /** Told only when nobody has answered for so long. */
  afterMinutes: z.number().int().min(0).max(1440, 'at most a day').default(0),
}
const url = z.url({ protocol: /^https?$/, error: 'give an http or https address' }).max(2000)
const Mail = z.email('give an e-mail address, such as `ops@example.com`').max(254)

export const Channel = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ ...about, kind: z.literal('webhook'), url }),
    z.strictObject({ ...about, kind: z.literal('slack'), url }),
    z.strictObject({
      ...about,
      kind: z.literal('email'),
      /** With name and password of the account, where it needs them. */
      url: z.url({ protocol: /^smtps?$/, error: 'give an smtp or smtps address' }).max(2000),
      from: Mail,
      to: z.array(Mail).min(1, 'give at least one e-mail address').max(50, 'at most 50 addresses'),
    }),
  ],
  'choose `webhook`, `slack` or `email`',
)
export type Channel = z.input<typeof Channel>

/** `hint` is as much of the address as is no secret. */
export type ChannelView = {
  id: string
  name: string
  kind: 'webhook' | 'slack' | 'email'
  hint: string
  groups: string[]
  afterMinutes: number
}

export type NoticeView = {
  id: string
  channel: string
  reviewId: string | null
  event: string
  createdAt: string
  state: 'waits' | 'delivered' | 'failed' | 'dropped'
  attempts: number
  status: number | null
  problem: string | null
  nextAt: string | null
}

export type Notices = { channels: ChannelView[]; log: NoticeView[] }
