'use client'

import { useReady } from '../components/frame/use-ready'
import { Button } from '../components/ui/button'

const again = () => window.location.reload()

/** Where not even the frame of the console can be made: without the database nobody knows who looks. */
export default function RootError() {
  const ready = useReady(again)
  return (
    <main className="mx-auto flex min-h-dvh max-w-[400px] flex-col justify-center gap-3 px-4">
      <div role="alert" className="flex flex-col gap-3">
        <h1 className="text-[20px] font-semibold">The console cannot be shown now</h1>
        <p className="text-ink-soft">
          {ready === false
            ? 'Sallyport cannot read its database now. Nothing was changed, and calls are refused until it can; the console comes back by itself.'
            : 'Nothing was changed. It may have been for a moment only; the reason is in the log of the server.'}
        </p>
      </div>
      <div>
        <Button look="main" onClick={again}>
          Try again
        </Button>
      </div>
    </main>
  )
}
