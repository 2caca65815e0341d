import { z } from 'zod'

// PostgreSQL keeps no NUL in a text.
const storable = (text: string) => text.replace(/[\0\p{Cs}]/gu, '')

export const Channel = z.strictObject({
  name: z.string().trim().min(1, 'give it a name').max(60).transform(storable),
  kind: z.enum(['webhook', 'slack'], 'choose `webhook` or `slack`; this build sends no e-mail'),
  url: z.url({ protocol: /^https?$/, error: 'give an http or https address' }).max(2000),
  /** Told of questions that one of these groups may answer; of all of them when empty. */
  groups: z.array(z.string().trim().min(1).max(200).transform(storable)).max(50).default([]),
  /** Told only when nobody has answered for so long. */
  afterMinutes: z.number().int().min(0).max(1440, 'at most a day').default(0),
})
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
