import { csrfToken } from './csrf-token'

/** Ends this browser's sign-in, here and at the issuer, and leaves the page. Throws when Sallyport does not answer. */
export async function signOut(): Promise<void> {
  const headers = { 'x-csrf-token': await csrfToken() }
  const response = await fetch('/api/auth/sign-out', { method: 'POST', headers })
  if (!response.ok) throw new Error('sallyport did not sign you out; try again')
  const { next } = (await response.json()) as { next: string }
  window.location.assign(next)
}
