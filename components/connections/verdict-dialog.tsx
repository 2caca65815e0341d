'use client'

import { EyeOff } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import type { QuarantinedTool } from '../../server/connections/schemas'
import type { Pinning } from '../../server/types'
import { change } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Problem } from '../ui/page'
import { count } from '../ui/text'
import { hasTricky, Visible } from '../ui/visible'

export type Verdict = { verdict: 'accept' | 'reject'; tools: QuarantinedTool[] }
type Props = { connection: string; pinning: Pinning; asked: Verdict; onClose(): void }

const namesShown = 20

/** What will follow, in words, before it does. */
export function VerdictDialog({ connection, pinning, asked: { verdict, tools }, onClose }: Props) {
  const router = useRouter()
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const accepts = verdict === 'accept'
  const [only] = tools
  // A title shows no marks, and a name that holds what cannot be seen looks like another there.
  const isPlain = tools.length === 1 && only !== undefined && !hasTricky(only.name)
  const what = isPlain ? only.name : count(tools.length, 'tool')
  const hiding = hidingIn(tools)
  const decide = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const seen = tools.map(({ name, hash, state }) => ({ name, hash, state }))
      await change('POST', `/api/connections/${connection}/quarantine`, { verdict, tools: seen })
      toast.success(`${what} ${accepts ? 'accepted' : 'rejected'}.`)
      onClose()
    } catch (error) {
      setProblem((error as Error).message)
      setBusy(false)
    }
    router.refresh()
  }
  return (
    <Dialog open onClose={onClose} title={`${accepts ? 'Accept' : 'Reject'} ${what}`}>
      <div className="flex flex-col gap-3 text-[13px]">
        {isPlain ? null : (
          <p className="font-mono text-[12px] [overflow-wrap:anywhere]">
            <Visible
              text={tools
                .slice(0, namesShown)
                .map(({ name }) => name)
                .join(', ')}
            />
            {tools.length > namesShown ? ` and ${tools.length - namesShown} more` : ''}
          </p>
        )}
        {accepts && hiding.length > 0 ? (
          <p className="flex items-start gap-1.5 font-medium text-deny">
            <EyeOff size={14} aria-hidden className="mt-0.5 shrink-0" />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              Characters that cannot be seen stand in what is said of{' '}
              <code className="font-mono text-[12px]">
                <Visible text={hiding.join(', ')} />
              </code>
              . Look at it before you accept.
            </span>
          </p>
        ) : null}
        <ul className="list-disc pl-5">
          {consequences(verdict, pinning, tools).map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
        {problem === null ? null : <Problem>{problem}</Problem>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Back</Button>
          <Button look={accepts ? 'main' : 'danger'} disabled={busy} onClick={decide}>
            {accepts ? 'Accept' : 'Reject'}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

function consequences(verdict: Verdict['verdict'], pinning: Pinning, tools: QuarantinedTool[]): string[] {
  const one = tools.length === 1
  const record = 'The record keeps that it was you, and what was said before and after.'
  const changed = tools.filter(({ before }) => before !== null)
  if (verdict === 'reject')
    return [
      pinning === 'strict'
        ? `${one ? 'It stays' : 'They stay'} unlisted, and calls of ${one ? 'it' : 'them'} stay refused.`
        : `From now on ${one ? 'it is' : 'they are'} not listed, and calls of ${one ? 'it' : 'them'} are refused.`,
      `That ends when you accept a description of ${one ? 'it' : 'each'}, whatever ${one ? 'its' : 'their'} target says of ${one ? 'it' : 'them'} meanwhile.`,
      record,
    ]
  const hints = changed.some(
    ({ before, after }) => JSON.stringify(before?.annotations) !== JSON.stringify(after.annotations),
  )
  return [
    pinning === 'strict' || tools.some(({ state }) => state !== 'waiting')
      ? `Whoever has a role that allows ${one ? 'it' : 'them'} can list and call ${one ? 'it, as it is' : 'them, as they are'} described now.`
      : `${one ? 'It has' : 'They have'} been running all along; ${one ? 'it is' : 'they are'} not shown here any more.`,
    ...(changed.length === 0 ? [] : ['Approvals that were given before the change do not hold after it.']),
    ...(hints ? ['Rules that read hints go by the new ones.'] : []),
    record,
  ]
}

/** Tools whose definition holds what nobody sees: that is said where they are accepted, too. */
const hidingIn = (tools: QuarantinedTool[]): string[] =>
  tools.filter(({ after }) => hasTricky(JSON.stringify(after))).map(({ name }) => name)
