'use client'

import { Button } from '../../components/ui/button'
import { PageHead } from '../../components/ui/page'

export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <>
      <PageHead
        title="This page could not be read"
        about="Nothing was changed. The database may be away for a moment; the reason is in the log of the server."
      />
      <div>
        <Button look="main" onClick={reset}>
          Try again
        </Button>
      </div>
    </>
  )
}
