'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import { change } from '../api'
import { Button } from '../ui/button'

/** Takes effect at once, also on calls that wait; the second click is the confirmation. */
export function RevokeButton({ id }: { id: string }) {
  const router = useRouter()
  const [sure, setSure] = useState(false)
  const revoke = async () => {
    if (!sure) return setSure(true)
    try {
      await change('DELETE', `/api/grants/${id}`)
      toast.success('Revoked. It allows nothing from now on.')
    } catch (error) {
      toast.error((error as Error).message)
    }
    router.refresh()
  }
  return (
    <Button look="danger" className="md:-my-1.5" onClick={revoke} onBlur={() => setSure(false)}>
      {sure ? 'Revoke now' : 'Revoke'}
    </Button>
  )
}
