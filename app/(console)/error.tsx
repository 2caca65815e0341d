'use client'

import { useRouter } from 'next/navigation'
import { startTransition } from 'react'
import { useReady } from '../../components/frame/use-ready'
import { Button } from '../../components/ui/button'
import { PageHead } from '../../components/ui/page'

export default function PageError({ reset }: { error: Error; reset: () => void }) {
  const router = useRouter()
  // Alone, `reset` shows again what the server said before.
  const again = () =>
    startTransition(() => {
      router.refresh()
      reset()
    })
  const ready = useReady(again)
  return (
    <>
      <div role="alert">
        <PageHead
          title="This page could not be read"
          about={
            ready === false
              ? 'Sallyport cannot read its database now. Nothing was changed, and calls are refused until it can; the page comes back by itself.'
              : 'Nothing was changed. It may have been for a moment only; the reason is in the log of the server.'
          }
        />
      </div>
      <div>
        <Button look="main" onClick={again} disabled={ready === false}>
          {ready === false ? 'Waiting for it…' : 'Try again'}
        </Button>
      </div>
    </>
  )
}
