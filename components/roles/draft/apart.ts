import type { Mask, PolicyDocument, Role } from '../../../server/types'

/** A document beside another: a role or mask that both have, word for word, is its place in the other. */
export type Apart = { roles: (Role | number)[]; masks: (Mask | number)[] }

/** A browser keeps five million characters, and a draft is large, and most of it as it was. */
export const apart = (document: PolicyDocument, from: PolicyDocument): Apart => ({
  roles: places(document.roles, from.roles, ({ name }) => name),
  masks: places(document.masks, from.masks, ({ id }) => id),
})

/** The document again. Throws when a place is not there. */
export const together = ({ roles, masks }: Apart, from: PolicyDocument): PolicyDocument => ({
  roles: roles.map((role) => (typeof role === 'number' ? at(from.roles, role) : role)),
  masks: masks.map((mask) => (typeof mask === 'number' ? at(from.masks, mask) : mask)),
})

export const sameDocument = (a: PolicyDocument, b: PolicyDocument): boolean =>
  a === b || (sameList(a.roles, b.roles) && sameList(a.masks, b.masks))

const sameList = <T>(a: T[], b: T[]): boolean =>
  a === b || (a.length === b.length && a.every((item, index) => same(item, b[index])))

// What an edit does not touch is the very same object.
const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

function places<T>(list: T[], from: T[], nameOf: (item: T) => string): (T | number)[] {
  const known = new Map(from.map((item, index) => [nameOf(item), index]))
  return list.map((item) => {
    const place = known.get(nameOf(item))
    return place !== undefined && same(item, from[place]) ? place : item
  })
}

function at<T>(list: T[], place: number): T {
  const item = list[place]
  if (item === undefined) throw new Error(`there is no piece ${place}`)
  return item
}
