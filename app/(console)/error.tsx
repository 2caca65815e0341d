'use client'

import { useRouter } from 'next/navigation'
import { startTransition } from 'react'
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
  return (
    <>
      <PageHead
        title="This page could not be read"
        about="Nothing was changed. The database may be away for a moment; the reason is in the log of the server."
      />
      <div>
        <Button look="main" onClick={again}>
          Try again
        </Button>
      </div>
    </>
  )
}
