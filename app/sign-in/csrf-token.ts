/** The token that every change sends back in `x-csrf-token`. */
export async function csrfToken(): Promise<string> {
  const response = await fetch('/api/auth/csrf', { cache: 'no-store' })
  return ((await response.json()) as { csrfToken: string }).csrfToken
}
