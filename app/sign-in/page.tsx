import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { currentViewer } from '../../server/auth'
import { runtime } from '../../server/runtime'
import { pathAfter } from './after'
import { SignInButton } from './sign-in-button'

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export const metadata = { title: 'Sign in · Sallyport' }

// The words that next-auth and server/auth.ts put behind `?error=`.
const problems: Record<string, string> = {
  Groups:
    'The issuer says that your groups are elsewhere, because there are too many. Ask its administrator to send only the groups that are assigned to Sallyport.',
  Claims:
    'The issuer did not say who you are in the way Sallyport was told to expect. Ask the operator to look at OIDC_SUBJECT_CLAIM.',
  Unavailable: 'The issuer does not answer right now. Try again in a moment.',
  OAuthSignin: 'The issuer does not answer right now. Try again in a moment.',
  OAuthCallback: 'The sign-in was cancelled, or took too long. Try again.',
  Callback:
    'The sign-in was cancelled or could not be finished. Try again; if it stays, the log of the server has the reason.',
  Configuration: 'Sign-in is not set up correctly. The log of the server has the reason.',
}

export default async function SignInPage({ searchParams }: Props) {
  const { next, callbackUrl, error } = await searchParams
  const { env } = runtime()
  const after = pathAfter(next ?? callbackUrl, env.publicUrl)
  // The sign-in comes back to PUBLIC_URL, so its cookies must have been set there.
  if ((await headers()).get('host') !== new URL(env.publicUrl).host)
    redirect(`${env.publicUrl}/sign-in?next=${encodeURIComponent(after)}`)
  if (error === undefined && (await currentViewer()) !== null) redirect(after)
  return (
    <main className="mx-auto flex min-h-dvh max-w-[400px] flex-col justify-center gap-6 px-4 py-12">
      <div>
        <h1 className="text-[20px] font-semibold text-ink">Sign in to Sallyport</h1>
        <p className="mt-1 text-[14px] text-ink-soft">
          {env.local
            ? 'Local mode: on the next page you choose who to be. There are no passwords.'
            : `You sign in at ${new URL(env.issuer).host}.`}
        </p>
      </div>
      {error === undefined ? null : (
        <p role="alert" className="rounded-[6px] border border-line bg-surface-raised px-4 py-3 text-[14px] text-ink">
          {problems[String(error)] ?? 'The sign-in did not work. Try again.'}
        </p>
      )}
      <SignInButton next={after} />
    </main>
  )
}
