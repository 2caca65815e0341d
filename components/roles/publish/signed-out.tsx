import { Problem } from '../../ui/page'

/** A new sign-in leads back to what was open. */
export function SignedOut({ at }: { at: string }) {
  const next = `/roles/edit?at=${encodeURIComponent(at)}`
  return (
    <Problem>
      Your sign-in has ended, so nothing is checked or published.{' '}
      <a href={`/sign-in?next=${encodeURIComponent(next)}`} className="underline underline-offset-2">
        Sign in again
      </a>
      ; the draft and what you typed stay in this browser.
    </Problem>
  )
}
