/** The domain on one page. Types only; this file imports nothing. */

export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = { [key: string]: Json }

/** The authenticated caller. `id` is one per person through every door. */
export type Principal = {
  id: string
  email: string | null
  name: string
  groups: string[]
  claims: JsonObject
  kind: 'user' | 'service'
}

/** The MCP client program. Self-declared, so it never widens access. */
export type Client = { id: string; name: string; version: string }
export type ResourceType = 'tool' | 'resource' | 'prompt' | 'server'
export type Resource = { type: ResourceType; id: string }
/** Tool annotations as the upstream declares them (MCP ToolAnnotations): hints, never proof. */
export type ToolHints = { title?: string } & {
  [hint in 'readOnlyHint' | 'destructiveHint' | 'idempotentHint' | 'openWorldHint']?: boolean
}

/** What a statement does, from the database's own grammar. */
export type SqlFacts = {
  readOnly: boolean
  verbs: string[]
  tables: string[]
  columns: string[]
  functions: string[]
  statements: number
}
export type HttpFacts = { method: string; path: string }
/** What a decision is about. `args` are the arguments as they will be forwarded, `meta` what `_meta` holds beside the protocol's own. */
export type Call = {
  principal: Principal
  client: Client
  connection: ConnectionRef
  /** The MCP method, verbatim. */
  action: string
  resource: Resource
  args: JsonObject
  meta?: JsonObject
  tool: ToolHints | null
  /** Else `tool` is the target's word. */
  toolIsPinned?: boolean
  /** SHA-256 (hex) of the tool's definition; empty where it is not known. */
  toolHash?: string
  sql: SqlFacts | null
  http: HttpFacts | null
  /** What the path of `http` was made from. */
  httpTemplate?: string
}
export type ConnectionRef = { id: string; name: string; targetHash: string }
export type SqlArgument = { tool: string; argument: string; dialect: 'postgres' | 'mysql' }
export type HttpVerb = { tool: string; method: string; path: string }
/** What a target may ask of its client: a way out for data, and a way in for phishing. */
export type ClientRequestKind = 'sampling' | 'elicitation' | 'roots'
/** A tool that is not as an administrator accepted it: kept from use, or only shown to administrators, or nothing. */
export type Pinning = 'strict' | 'warn' | 'off'
export type Transport = 'http' | 'agent'
export type CredentialKind = 'none' | 'headers' | 'oauth_client' | 'agent'

/** A named upstream MCP server. `url` for `http`, `agentId` and `target` for `agent`. Credentials are never in here. */
export type Connection = {
  id: string
  name: string
  transport: Transport
  url: string | null
  agentId: string | null
  target: string | null
  credentialKind: CredentialKind
  sql: SqlArgument[]
  http: HttpVerb[]
  /** The schema that unqualified table names mean. */
  schema: string
  clientRequests: ClientRequestKind[]
  pinning: Pinning
  /** SHA-256 (hex) over transport, URL or agent + target: a re-pointed connection inherits no grant. */
  targetHash: string
}
export type Effect = 'allow' | 'review' | 'deny'
export type MaskStyle = 'null' | 'redact' | 'hash' | 'partial'
export type DetectorName = 'email' | 'credit_card' | 'iban' | 'jwt' | 'private_key' | 'aws_key'
/** `everyone`, or: the claim equals the value (or, for a list, contains it). */
export type Member = 'everyone' | { claim: string; value: string }
export type ReviewSettings = {
  approvers: Member[]
  /** How many different people must approve. */
  approvals: number
  /** What an approver may at most give. */
  scope: 'call' | 'tool'
  maxMinutes: number
  expiresMinutes: number
  reason: 'optional' | 'required'
  /** In an emergency two administrators may let it through, and somebody else must look at it afterwards. */
  breakGlass?: true
}
/** Globs know `*` (any run of characters) only. */
export type Rule = {
  id: string
  effect: Effect
  connections: string[]
  actions: string[]
  resources: string[]
  /** CEL text; null matches always. */
  when: string | null
  review: ReviewSettings | null
}
export type Role = { name: string; description: string; members: Member[]; rules: Rule[] }
export type Mask = {
  id: string
  connections: string[]
  resources: string[]
  fields: string[]
  detectors: DetectorName[]
  style: MaskStyle
  /** Names of roles for which this mask does not apply. */
  except: string[]
}
export type PolicyDocument = { roles: Role[]; masks: Mask[] }
/** One immutable, chained version of the policy. `hash` covers everything else here. */
export type PolicyVersion = {
  number: number
  author: string
  at: Date
  message: string
  document: string
  previousHash: string
  hash: string
}
export type RuleRef = { role: string; rule: string; effect: Effect }
/** A review rule that matched and is not satisfied by any live grant. */
export type AskedRule = RuleRef & { contentHash: string; review: ReviewSettings }

/** A closed list; `gateway/denial.ts` turns each into the text a caller sees. */
export type Reason =
  | 'allowed'
  | 'no-matching-rule'
  | 'forbidden'
  | 'tool-quarantined'
  | 'review-required'
  | 'review-denied'
  | 'review-expired'
  | 'review-cancelled'
  | 'review-limit'
  | 'review-muted'
  | 'review-repeated'
  | 'grant-raced'
  | 'ran-before'
  | 'mask-failed'
  | 'record-failed'
  | 'answer-unrecorded'
  | 'unreachable'
  | 'target-refused-credential'
  | 'bad-reply'
  | 'request-not-allowed'
export type Decision = {
  effect: Effect
  reason: Reason
  /** The matching rules, strictest first. */
  rules: RuleRef[]
  /** With `review`: what must be satisfied. */
  asked: AskedRule[]
  /** The grant that satisfied the review rules, to be used up by `record.open`. */
  grantId: string | null
  masks: Mask[]
  /** Conditions that could not be evaluated, as `role/rule: message`. */
  errors: string[]
  version: number
}
/** What an approved review gives. */
export type Grant = {
  id: string
  reviewId: string
  principalId: string
  connectionId: string
  /** Exactly this call when set; else any call of `resource` on `action`. */
  digest: string | null
  action: string
  resource: Resource
  /** How its tool was described when it was asked for. */
  toolHash?: string | null
  /** CEL narrowing for a tool-wide grant. */
  when: string | null
  /** The review rules it satisfies: `contentHash` of each. */
  rules: string[]
  /** null: any number of times until `endsAt`. */
  maxUses: number | null
  used: number
  endsAt: Date
  revokedAt: Date | null
}
export type ReviewState = 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled'
export type Outcome =
  | 'ok'
  | 'tool_error'
  | 'denied'
  | 'held'
  | 'error'
  | 'withheld'
  | 'unreachable'
  | 'unknown'
  | 'cancelled'
  | 'refused'
export type EntryKind =
  | 'call'
  | 'reply'
  | 'list'
  | 'notification'
  | 'request'
  | 'refusal'
  | 'review'
  | 'grant'
  | 'admin'
  | 'agent'
  | 'chain'

/** One recorded step, before the writer gives it its place in a chain. `at` is ISO 8601, bodies are JSON text, already masked. */
export type EntryDraft = {
  id: string
  kind: EntryKind
  at: string
  sessionId: string | null
  /** The call entry that a reply belongs to. */
  callId: string | null
  principalId: string
  /** For people: e-mail or name. */
  principal: string
  client: string
  connectionId: string | null
  connection: string
  action: string
  resource: string
  outcome: Outcome | ''
  policyVersion: number
  /** Number of values masked in a reply. */
  masked: number
  body: string
}
/** An entry in its chain. `hash` = SHA-256 over the previous hash and every field above, see audit/chain.ts. */
export type Entry = EntryDraft & { chain: string; seq: number; previousHash: string; hash: string }
/** The person signed in to the console. */
export type Viewer = Principal & {
  admin: boolean
  auditor: boolean
  /** When the groups were last read from the issuer. */
  groupsReadAt: Date
}
