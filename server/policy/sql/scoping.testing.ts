import fc from 'fast-check'

/** Random queries in which tables and common table expressions have the same few names. */

const names = ['customers', 'orders', 'docs'] as const
const name = fc.constantFrom(...names)

const { query } = fc.letrec<{ query: string; plain: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    name,
    name,
    name.map((table) => `public.${table}`),
    tie('query').map((inner) => `(${inner})`),
    tie('query').map((inner) => `lateral (${inner})`),
  ),
  plain: fc
    .tuple(
      fc.array(tie('item'), { minLength: 1, maxLength: 2 }),
      fc.option(tie('query'), { freq: 3, depthIdentifier: 'query' }),
      fc.constantFrom('exists', 'not exists'),
    )
    .map(
      ([items, inner, test]) =>
        `select 1 as one from ${items.map((item, at) => `${item} as a${at}`).join(', ')}${inner === null ? '' : ` where ${test} (${inner})`}`,
    ),
  query: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('plain'),
    fc
      .tuple(
        fc.boolean(),
        fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
        fc.array(tie('query'), { minLength: 3, maxLength: 3 }),
        tie('plain'),
      )
      .map(
        ([recursive, made, inner, rest]) =>
          `with ${recursive ? 'recursive ' : ''}${made.map((table, at) => `${table} as (${inner[at]})`).join(', ')} ${rest}`,
      ),
    fc
      .tuple(tie('query'), fc.constantFrom('union', 'union all', 'except'), tie('query'))
      .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
  ),
}))

export const queryArb = query.filter((text) => text.length < 4_000)
