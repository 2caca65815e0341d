'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import type { ChannelView } from '../../server/notices/schemas'
import { change } from '../api'
import { Button } from '../ui/button'
import { cardClass, rowClass } from '../ui/page'

const kinds = { webhook: 'Webhook', slack: 'Slack', email: 'E-mail' }

/** Where people are told: each can be tried, and removed with a second click. */
export function Channels({ channels }: { channels: ChannelView[] }) {
  return (
    <ul className={cardClass} aria-label="Channels">
      {channels.map((channel) => (
        <li key={channel.id} className={`flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2.5 ${rowClass}`}>
          <div className="min-w-0 flex-1 max-sm:basis-full">
            <p className="[overflow-wrap:anywhere]">
              <strong className="font-semibold">{channel.name}</strong>{' '}
              <span className="text-ink-soft">
                {kinds[channel.kind]} at {channel.hint}
              </span>
            </p>
            <p className="text-[13px] text-ink-soft">
              {channel.groups.length === 0
                ? 'Every question'
                : `Questions that ${channel.groups.join(' or ')} may answer`}
              {channel.afterMinutes === 0 ? ', at once' : `, when nobody has answered for ${channel.afterMinutes} min`}
            </p>
          </div>
          <Actions channel={channel} />
        </li>
      ))}
    </ul>
  )
}

function Actions({ channel: { id, name } }: { channel: ChannelView }) {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [sure, setSure] = useState(false)
  const run = async (work: () => Promise<void>) => {
    setBusy(true)
    await work().catch((error: Error) => toast.error(error.message))
    setBusy(false)
    router.refresh()
  }
  const test = () =>
    run(async () => {
      const { ok, problem } = await change<{ ok: boolean; problem: string | null }>('POST', `/api/notices/${id}/test`)
      if (ok) toast.success(`${name} took the test.`)
      else toast.error(`${name}: ${problem}`)
    })
  const remove = () => (sure ? run(() => change('DELETE', `/api/notices/${id}`)) : setSure(true))
  return (
    <div className="flex gap-2">
      <Button onClick={test} disabled={busy}>
        {busy ? 'Sending…' : 'Send a test'}
      </Button>
      <Button look="danger" onClick={remove} onBlur={() => setSure(false)} disabled={busy}>
        {sure ? 'Remove now' : 'Remove'}
      </Button>
    </div>
  )
}
