import type { QueryClient, QueryFilters } from '@tanstack/react-query'

/**
 * Asks again for what changed. A query whose first answer is still on its way is asked again after it: that answer may be older than
 * the change, and the library would take it for the newest.
 */
export async function askAnew(client: QueryClient, filters: QueryFilters = {}): Promise<void> {
  const firsts = client
    .getQueryCache()
    .findAll({ ...filters, fetchStatus: 'fetching' })
    .filter(({ state }) => state.data === undefined)
  await Promise.all([
    client.invalidateQueries(filters),
    ...firsts.map(async ({ promise, queryKey }) => {
      await promise?.catch(() => {})
      await client.invalidateQueries({ queryKey, exact: true })
    }),
  ])
}
