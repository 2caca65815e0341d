import { z } from 'zod'
import type { Effect, Reason, RuleRef } from '../../types'

const Person = z.union([
  /** Somebody seen before. */
  z.strictObject({ id: z.string().min(1) }),
  /** Anybody with these claims. */
  z.strictObject({
    groups: z.array(z.string()).default([]),
    claims: z.record(z.string(), z.json()).default({}),
    email: z.string().nullable().default(null),
  }),
])
const Action = z.enum(['tools/call', 'resources/read', 'prompts/get']).default('tools/call')
/** Which policy is asked: a stored version, a draft, or (both left out) the one in force. */
const which = { version: z.number().int().min(1).optional(), document: z.unknown().optional() }

export const Ask = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('who'), connection: z.string(), action: Action, resource: z.string(), ...which }),
  z.strictObject({ ask: z.literal('what'), person: Person, connection: z.string().optional(), ...which }),
  z.strictObject({ ask: z.literal('why'), entry: z.string() }),
  z.strictObject({
    ask: z.literal('try'),
    person: Person,
    connection: z.string(),
    action: Action,
    resource: z.string(),
    args: z.record(z.string(), z.json()).default({}),
    /** ISO 8601; now when left out. */
    at: z.iso.datetime({ offset: true }).optional(),
    ...which,
  }),
])
export type Ask = z.input<typeof Ask>

/** `depends`: a condition needs the arguments. */
export type Standing = 'allow' | 'review' | 'depends' | 'deny'

/** A rule that speaks of what was asked, in words. */
export type RuleAnswer = RuleRef & { text: string; condition: string | null }

export type WhoAnswer = {
  ask: 'who'
  version: number
  /** By role: who has it, and how it stands. */
  roles: { role: string; members: string; standing: Standing; rules: RuleAnswer[] }[]
  /** People seen so far; those who surely may not are counted only. */
  people: { id: string; name: string; standing: Exclude<Standing, 'deny'>; rules: RuleAnswer[] }[]
  others: number
}
export type WhatAnswer = {
  ask: 'what'
  version: number
  person: { id: string | null; name: string; groups: string[] }
  roles: string[]
  items: {
    connection: string
    action: string
    resource: string
    title: string
    standing: Exclude<Standing, 'deny'>
    rules: RuleAnswer[]
  }[]
  /** Rules about what no catalog lists: resources, prompts, tools not seen yet. */
  beyond: RuleAnswer[]
}
export type DecisionAnswer = {
  version: number
  effect: Effect
  reason: Reason
  /** One sentence, with rules and version. */
  text: string
  /** The same in two, for who sees the rest beside it: `denied`, `by` which rule. */
  verdict: string
  why: string
  rules: RuleAnswer[]
  /** Who must approve, in words. */
  asked: string[]
  masks: { id: string; text: string }[]
  errors: string[]
}
export type WhyAnswer = {
  ask: 'why'
  entry: {
    id: string
    session: string | null
    at: string
    person: string
    connection: string
    action: string
    resource: string
  }
  decided: DecisionAnswer
  /** The same call under the policy in force; null with why not when it cannot be told. */
  now: DecisionAnswer | null
  cannotTell: string | null
}
export type TryAnswer = {
  ask: 'try'
  person: string
  decided: DecisionAnswer
  /** Of a denied call: rules that would let it pass if their conditions held. */
  near: string[]
  facts: { sql: unknown; http: unknown }
}
export type AskAnswer = WhoAnswer | WhatAnswer | WhyAnswer | TryAnswer
