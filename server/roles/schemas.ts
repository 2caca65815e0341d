import { z } from 'zod'

/** PostgreSQL stores neither NUL nor half a surrogate pair, so a hash over either would not be that of what is stored. */
export function isStorable(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text)
}

export const Publish = z.strictObject({
  document: z.unknown(),
  message: z
    .string()
    .trim()
    .min(1, 'say in a few words what changes and why')
    .max(500)
    .refine(isStorable, 'the message holds characters that cannot be stored'),
  /** The version the author started from; null publishes whatever came meanwhile. */
  basedOn: z.number().int().min(0).nullable(),
})
export type Publish = z.infer<typeof Publish>

export const Restore = z.strictObject({
  message: z
    .string()
    .trim()
    .max(500)
    .refine(isStorable, 'the message holds characters that cannot be stored')
    .default(''),
})

export type VersionView = {
  number: number
  author: string
  at: string
  message: string
  hash: string
  previousHash: string
  current: boolean
}
