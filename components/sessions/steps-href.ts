/** The page of a session, with all of its steps or those that ended so and hold the text. */
export function stepsHref(id: string, which: { only?: string | undefined; text?: string | undefined }): string {
  const query = new URLSearchParams()
  if (which.only) query.set('only', which.only)
  if (which.text) query.set('text', which.text)
  return query.size === 0 ? `/sessions/${id}` : `/sessions/${id}?${query}`
}
