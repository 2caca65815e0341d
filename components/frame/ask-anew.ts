import type { QueryClient, QueryFilters } from '@tanstack/react-query'

/** Those that will be asked again already: a slow server is not asked more for each change. */
const awaited = new WeakSet<object>()

/**
 * Asks again for what changed. A query whose first answer is still on its way is asked again after it: that answer may be older than
 * the change, and the library would take it for the newest.
 */
export async function askAnew(client: QueryClient, filters: QueryFilters = {}): Promise<void> {
  const firsts = client
    .getQueryCache()
    .findAll({ ...filters, fetchStatus: 'fetching' })
    .filter((query) => query.state.data === undefined && !awaited.has(query))
  await Promise.all([
    client.invalidateQueries(filters),
    ...firsts.map(async (query) => {
      awaited.add(query)
      await query.promise?.catch(() => {})
      awaited.delete(query)
      await client.invalidateQueries({ queryKey: query.queryKey, exact: true })
    }),
  ])
}
