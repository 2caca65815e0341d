import { expect, test } from 'vitest'
import { makeRoom } from './make-room'

type Given = { of: string; idleS: number; busy?: 'answers' | 'listens' }

/** Who is ended so that one more session of `of` has a place, by their place in `given`; `full` when it has none. */
async function endedFor(of: string, max: number, given: Given[]): Promise<number[] | string> {
  const ended: number[] = []
  const all = given.map(({ of, idleS, busy }, n) => ({
    session: of === '' ? `session ${n}` : `${of}/${n}`,
    usedAt: performance.now() - idleS * 1000,
    talk: { busy: busy !== undefined, answering: busy === 'answers' },
    end: async () => void ended.push(n),
  }))
  try {
    await makeRoom(all, max, of === '' ? 'a new one' : `${of}/new`)
  } catch (error) {
    return (error as Error).message
  }
  return ended
}

const many = (n: number, one: Given): Given[] => Array.from({ length: n }, () => one)
const mine = /^you have as many processes of this target as you may; end a session/
const everybodys = /^the target has as many processes as it may/

test.each<[string, string, number, Given[], number[] | RegExp]>([
  ['while there is room', 'ann', 20, many(14, { of: 'ann', idleS: 0 }), []],
  ['a person has three quarters at most', 'ann', 20, many(15, { of: 'ann', idleS: 5 }), mine],
  [
    'beyond them what they left for a minute ends',
    'ann',
    4,
    [
      { of: 'ann', idleS: 5 },
      { of: 'ann', idleS: 90 },
      { of: 'ann', idleS: 70 },
    ],
    [1],
  ],
  [
    'whoever comes gets a place of who has most',
    'ben',
    4,
    [...many(2, { of: 'ann', idleS: 3 }), { of: 'ann', idleS: 9 }, { of: 'cem', idleS: 20 }],
    [2],
  ],
  [
    'but none in use',
    'ben',
    4,
    [...many(3, { of: 'ann', idleS: 3, busy: 'answers' }), { of: 'cem', idleS: 20 }],
    everybodys,
  ],
  [
    'though one whose client only listens',
    'ben',
    4,
    [...many(3, { of: 'ann', idleS: 3, busy: 'listens' }), { of: 'cem', idleS: 20 }],
    [0],
  ],
  [
    'who listens for long is not ended for it',
    'ben',
    2,
    [...many(1, { of: 'ann', idleS: 90, busy: 'listens' }), { of: 'cem', idleS: 2 }],
    everybodys,
  ],
  [
    'nor one of who has about as many',
    'ben',
    4,
    [{ of: 'ben', idleS: 3 }, ...many(2, { of: 'ann', idleS: 3 }), { of: 'cem', idleS: 20 }],
    everybodys,
  ],
  [
    'what anybody left for a minute ends first',
    'ben',
    4,
    [...many(3, { of: 'ann', idleS: 3 }), { of: 'cem', idleS: 70 }],
    [3],
  ],
  ['sessions without a person are each their own', '', 4, many(4, { of: '', idleS: 5 }), everybodys],
  [
    'and the one idle longest ends',
    '',
    3,
    [
      { of: '', idleS: 61 },
      { of: '', idleS: 80 },
      { of: '', idleS: 5 },
    ],
    [1],
  ],
])('%s', async (_, of, max, given, expected) => {
  const result = await endedFor(of, max, given)
  if (expected instanceof RegExp) expect(result).toMatch(expected)
  else expect(result).toEqual(expected)
})
