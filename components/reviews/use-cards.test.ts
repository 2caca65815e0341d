import { expect, test } from 'vitest'
import type { ReviewView } from '../../server/reviews/schemas'
import { type Pages, withCards } from './use-cards'

const card = (id: string, at: number, more: Partial<ReviewView> = {}): ReviewView =>
  ({ id, createdAt: new Date(at).toISOString(), ...more }) as ReviewView
const pages = (...all: ReviewView[][]): Pages => ({ pages: all, pageParams: all.map(() => null) })
const idsOf = ({ pages: all }: Pages) => all.map((page) => page.map(({ id }) => id))

const cases: [what: string, changed: string[], cards: ReviewView[], want: string[][]][] = [
  ['a new one comes first', ['n'], [card('n', 9)], [['n', 'b', 'a'], ['z']]],
  ['two new ones come newest first', ['n', 'm'], [card('n', 8), card('m', 9)], [['m', 'n', 'b', 'a'], ['z']]],
  ['what is answered is gone, on any page', ['a', 'z'], [], [['b'], []]],
  ['what changed stays in its place', ['a'], [card('a', 1, { reason: 'new' })], [['b', 'a'], ['z']]],
  ['what this viewer may not see changes nothing', ['q'], [], [['b', 'a'], ['z']]],
]
for (const [what, changed, cards, want] of cases)
  test(what, () => {
    const after = withCards(pages([card('b', 2), card('a', 1)], [card('z', 0)]), changed, cards)
    expect(idsOf(after)).toEqual(want)
    for (const fresh of cards) expect(after.pages.flat()).toContain(fresh)
  })
