import type { EntryDraft } from '../types'
import { isAnswer, isOpening, owed } from './closing'

const debtsMax = 10_000

/** Refused entries for which the record owes another one as soon as it can be written. */
export class Debts {
  #kept: { draft: EntryDraft; inDoubt: boolean }[] = []

  /** `inDoubt`: it was sent and may have been written all the same. A call that was never sent is as if it was never made. */
  add(draft: EntryDraft, inDoubt: boolean): void {
    if (this.#kept.length >= debtsMax || !(isAnswer(draft) || (inDoubt && isOpening(draft)))) return
    // What is owed speaks of the entry, not of what is in it; of those there may be many, for long.
    this.#kept.push({ draft: { ...draft, body: '' }, inDoubt })
  }

  /** What is to be written now. `committed`: ids of those in doubt that were written; null while nobody knows, so they stay. */
  due(committed: Set<string> | null): EntryDraft[] {
    const settled = this.#kept.filter(({ inDoubt }) => committed !== null || !inDoubt)
    this.#kept = this.#kept.filter(({ inDoubt }) => committed === null && inDoubt)
    return settled.flatMap(({ draft }) => owed(draft, committed?.has(draft.id) === true) ?? [])
  }
}
