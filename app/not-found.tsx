import { Link } from '../components/ui/link'

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-[400px] flex-col justify-center gap-3 px-4">
      <h1 className="text-[20px] font-semibold">There is no page here</h1>
      <p className="text-ink-soft">The address may be mistyped, or old.</p>
      <Link href="/" className="font-medium text-accent">
        Go to the console
      </Link>
    </main>
  )
}
