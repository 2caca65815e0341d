'use client'

import { Button } from '../components/ui/button'

/** Where not even the frame of the console can be made: without the database nobody knows who looks. */
export default function RootError() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-[400px] flex-col justify-center gap-3 px-4">
      <h1 className="text-[20px] font-semibold">The console cannot be shown now</h1>
      <p className="text-ink-soft">
        The database may be away for a moment. Nothing was changed, and calls are refused until it is back; the reason
        is in the log of the server.
      </p>
      <div>
        <Button look="main" onClick={() => window.location.reload()}>
          Try again
        </Button>
      </div>
    </main>
  )
}
