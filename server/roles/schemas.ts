import { z } from 'zod'

export const Publish = z.strictObject({
  document: z.unknown(),
  message: z.string().trim().min(1, 'say in a few words what changes and why').max(500),
  /** The version the author started from; null publishes whatever came meanwhile. */
  basedOn: z.number().int().min(0).nullable(),
})
export type Publish = z.infer<typeof Publish>

export const Restore = z.strictObject({ message: z.string().trim().max(500).default('') })

export type VersionView = {
  number: number
  author: string
  at: string
  message: string
  hash: string
  previousHash: string
  current: boolean
}
