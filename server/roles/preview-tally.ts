import type { CompiledPolicy } from '../policy/compile'
import { decideRecorded } from '../policy/recorded'
import type { Decision, Effect, Mask, MaskStyle } from '../types'
import type { RecordedCall } from './recorded-calls'
import type { PreviewGroup, PreviewKind, PreviewResult } from './schemas'

const examplesMax = 5
const groupsMax = 500

/** What masks hid under an older version, by their ids. */
export type MasksOf = (version: number) => ReadonlyMap<string, Mask>

type Counted = Pick<PreviewResult, 'calls' | 'same' | 'groups' | 'more' | 'cannotTell'>

/** What becomes of a call, as far as a preview tells outcomes apart. */
type Outcome = { effect: Effect; hidden(): Map<string, number> }
type Difference = { kind: PreviewKind; hidden: string[] }
type Found = Difference & Pick<PreviewGroup, 'before' | 'inForce' | 'isNew'> & { decision: Decision }
type Verdict = 'same' | { why: string } | Found

/** Recorded calls decided again under a draft, counted by what becomes of them: against then, and against the version in force. */
export class PreviewTally {
  readonly #draft: CompiledPolicy
  readonly #inForce: CompiledPolicy
  readonly #masksOf: MasksOf
  readonly #groups = new Map<string, PreviewGroup>()
  readonly #cannotTell = new Map<string, number>()
  #calls = 0
  #same = 0

  constructor(draft: CompiledPolicy, inForce: CompiledPolicy, masksOf: MasksOf) {
    this.#draft = draft
    this.#inForce = inForce
    this.#masksOf = masksOf
  }

  take(call: RecordedCall): void {
    this.#calls += 1
    const verdict = this.#judge(call)
    if (verdict === 'same') this.#same += 1
    else if ('why' in verdict) this.#cannotTell.set(verdict.why, (this.#cannotTell.get(verdict.why) ?? 0) + 1)
    else this.#add(call, verdict)
  }

  #judge({ kept, version }: RecordedCall): Verdict {
    if ('why' in kept) return kept
    const retold = decideRecorded(this.#draft, kept.recorded)
    if ('cannotTell' in retold) return { why: retold.cannotTell }
    const { decision } = retold
    const { before, masks } = kept
    const known = this.#masksOf(version)
    if (decision.effect === before && before !== 'deny' && masks.some((id) => !known.has(id)))
      return { why: 'the masks of its version cannot be read' }
    const draft = outcomeOf(decision)
    const since = difference(draft, { effect: before, hidden: () => hiddenBy(masks.map((id) => known.get(id)!)) })
    const number = this.#inForce.version
    // What the version in force decided then it decides still.
    if (since === null && version === number) return 'same'
    const current = decideRecorded(this.#inForce, kept.recorded)
    if ('cannotTell' in current)
      return since === null
        ? { why: `what is decided by version ${number} in force: ${current.cannotTell}` }
        : { ...since, before, inForce: null, isNew: true, decision }
    const inForce = current.decision.effect
    const fresh = difference(draft, outcomeOf(current.decision))
    if (fresh !== null) return { ...fresh, before, inForce, isNew: true, decision }
    return since === null ? 'same' : { ...since, before, inForce, isNew: false, decision }
  }

  end(): Counted {
    const groups = [...this.#groups.values()].sort((a, b) => Number(b.isNew) - Number(a.isNew) || b.calls - a.calls)
    return {
      calls: this.#calls,
      same: this.#same,
      groups: groups.slice(0, groupsMax),
      more: Math.max(0, groups.length - groupsMax),
      cannotTell: [...this.#cannotTell].map(([why, calls]) => ({ why, calls })).sort((a, b) => b.calls - a.calls),
    }
  }

  #add(call: RecordedCall, { kind, before, inForce, isNew, decision, hidden }: Found): void {
    const { person, connection, action, resource } = call
    const deciding = decision.rules.filter((rule) => rule.effect === decision.effect)
    const names = deciding.map(({ role, rule }) => `${role}/${rule}`)
    const key = JSON.stringify([
      ...[kind, person.id, connection, action, resource, before, inForce, isNew],
      ...[names, hidden],
    ])
    const example = { entry: call.entry, session: call.session, at: call.at.toISOString() }
    const group = this.#groups.get(key)
    if (group === undefined) {
      this.#groups.set(key, {
        ...{ kind, person, connection, action, resource, calls: 1, before, inForce, isNew, hidden },
        after: decision.effect,
        rules: deciding,
        examples: [example],
      })
      return
    }
    group.calls += 1
    group.examples = [...group.examples, example].sort((a, b) => b.at.localeCompare(a.at)).slice(0, examplesMax)
  }
}

const kinds = { deny: 'denied', review: 'reviewed', allow: 'allowed' } satisfies Record<Effect, PreviewKind>
const outcomeOf = ({ effect, masks }: Decision): Outcome => ({ effect, hidden: () => hiddenBy(masks) })

/** How one outcome differs from an older one; null when it does not. */
function difference(now: Outcome, then: Outcome): Difference | null {
  if (now.effect !== then.effect) return { kind: kinds[now.effect], hidden: [] }
  if (now.effect === 'deny') return null
  const [hides, hid] = [now.hidden(), then.hidden()]
  const shown = weaker(hid, hides)
  if (shown.length > 0) return { kind: 'unmasked', hidden: shown }
  const hidden = weaker(hides, hid)
  return hidden.length === 0 ? null : { kind: 'masked', hidden }
}

const strength = { null: 4, redact: 3, hash: 2, partial: 1 } satisfies Record<MaskStyle, number>

/** How strictly each field and detector is hidden when masks add up. */
function hiddenBy(masks: Mask[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { fields, detectors, style } of masks)
    for (const name of [...fields, ...detectors]) found.set(name, Math.max(found.get(name) ?? 0, strength[style]))
  return found
}

/** What `b` hides less strictly than `a`, or not at all. */
const weaker = (a: Map<string, number>, b: Map<string, number>): string[] =>
  [...a].filter(([name, strict]) => (b.get(name) ?? 0) < strict).map(([name]) => name)
