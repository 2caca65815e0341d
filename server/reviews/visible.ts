import { and, eq, type SQL, sql } from 'drizzle-orm'
import { reviews } from '../db/review-schema'
import { storable } from '../db/storable'
import { claimValues } from '../policy/match'
import type { Member, Viewer } from '../types'
import { namesOf } from './owners'

/** Every member of a rule that a person is; `votableRules` asks the same of one review. */
function membershipsOf(person: Pick<Viewer, 'groups' | 'claims'>): Member[] {
  const claims = new Set(['groups', ...Object.keys(person.claims)])
  return ['everyone', ...[...claims].flatMap((claim) => claimValues(person, claim).map((value) => ({ claim, value })))]
}

/** In SQL: questions that a viewer could answer, were they pending. Nobody's own are among them. */
export function answerable(viewer: Viewer): SQL<boolean> {
  if (viewer.kind !== 'user') return sql<boolean>`false`
  // What PostgreSQL cannot hold as JSON is in no stored rule either.
  const members = membershipsOf(viewer).filter((member) => {
    const text = member === 'everyone' ? member : member.claim + member.value
    return storable(text) === text
  })
  return sql<boolean>`(${notOwn(viewer)} and exists (
    select from jsonb_array_elements(${reviews.asked}) rule, jsonb_array_elements(rule -> 'review' -> 'approvers') member
    where member = any (array(select jsonb_array_elements(${JSON.stringify(members)}::jsonb)))))`
}

/** In SQL: neither the viewer's own question, nor that of a service account they own. */
export function notOwn(viewer: Viewer): SQL<boolean> {
  const names = namesOf(viewer).filter((name) => storable(name) === name)
  const owned = sql`coalesce(${reviews.principal} -> 'owners' ?| ${sql.param(names)}::text[], false)`
  return sql<boolean>`(${reviews.principalId} <> ${viewer.id} and not ${owned})`
}

/** In SQL: questions a viewer may know of. Those they could answer, their own, and all of them for admins and auditors. */
export const known = (viewer: Viewer): SQL<boolean> =>
  viewer.admin || viewer.auditor
    ? sql<boolean>`true`
    : sql<boolean>`(${reviews.principalId} = ${viewer.id} or ${answerable(viewer)})`

/** In SQL: questions that wait still, by the database's clock. */
export const waiting = and(eq(reviews.state, 'pending'), sql`${reviews.expiresAt} > now()`)
