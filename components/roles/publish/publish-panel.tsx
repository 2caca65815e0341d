'use client'

import { useState } from 'react'
import { type ApiProblem, change, get } from '../../api'
import { Button, Key } from '../../ui/button'
import { Field, TextArea } from '../../ui/field'
import { Form } from '../../ui/form'
import { Problem, Section, Skeleton } from '../../ui/page'
import { count } from '../../ui/text'
import type { Check } from '../draft/use-check'
import type { Draft, Live } from '../draft/use-draft'
import { ChangesList } from './changes-list'
import { ConflictView } from './conflict-view'
import { PreviewView } from './preview-view'
import { ProblemsList } from './problems-list'
import { SignedOut } from './signed-out'

type Props = {
  draft: Draft
  check: Check
  onGo(path: string): void
  onPublished(number: number): void
  onStale(): void
}

/** All that an admin should see before a draft becomes the policy: problems, differences, what it would have changed. */
export function PublishPanel({
  draft,
  check: { check, isCurrent, problem, isSignedOut },
  onGo,
  onPublished,
  onStale,
}: Props) {
  const { message } = draft
  const [refusal, setRefusal] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [shown, setShown] = useState(100)
  if (isSignedOut) return null
  if (problem !== null)
    return (
      <Problem>
        The draft could not be checked: {problem}. It is tried again by itself, and nothing of the draft is lost.
      </Problem>
    )
  if (check === null) return <Skeleton className="h-64" />
  const { problems, changes, conflict } = check
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const carryOver = async () => {
    setBusy(true)
    try {
      draft.carryOver(await get<Live>('/api/policy'))
      setRefusal(null)
    } catch (error) {
      setRefusal((error as Error).message)
    }
    setBusy(false)
  }
  const publish = async () => {
    setBusy(true)
    setRefusal(null)
    try {
      const body = { document: draft.document, message, basedOn: draft.base.number }
      const made = await change<{ number: number }>('PUT', '/api/policy', body)
      draft.published(made.number)
      onPublished(made.number)
    } catch (error) {
      const { status, message: why } = error as ApiProblem
      setRefusal(status === 401 ? 'signed-out' : why)
      if (status === 409 || status === 412) onStale()
    }
    setBusy(false)
  }
  const why =
    conflict !== null
      ? 'First put the changes on top of the newest version.'
      : errors > 0
        ? `Mend ${count(errors, 'error')} first.`
        : changes.length === 0 && isCurrent
          ? 'The draft says what the policy in force says.'
          : null
  // Before that it would also say that what they changed is changed back.
  const later =
    conflict !== null
      ? `Told once your changes are on top of version ${conflict.version}.`
      : errors > 0
        ? 'Told once the errors above are mended.'
        : null
  return (
    <div className="flex flex-col gap-6">
      {conflict === null ? null : (
        <ConflictView conflict={conflict} basedOn={draft.base.number} busy={busy} onCarryOver={carryOver} />
      )}
      {problems.length === 0 ? null : (
        <Section title={`Problems (${problems.length.toLocaleString('en')})`}>
          <ProblemsList problems={problems} onGo={onGo} />
        </Section>
      )}
      <Section
        title={`What changes against version ${check.current}, in force now${later === null ? ` (${changes.length})` : ''}`}
      >
        {later === null ? (
          <ChangesList
            changes={changes}
            max={shown}
            more={<Button onClick={() => setShown(shown * 10)}>Show more</Button>}
          />
        ) : (
          <p className="text-[13px] text-ink-soft">{later}</p>
        )}
      </Section>
      <Section title="What it would have changed">
        {later === null ? (
          <PreviewView document={draft.document} revision={draft.revision} />
        ) : (
          <p className="text-[13px] text-ink-soft">{later}</p>
        )}
      </Section>
      <Form className="flex max-w-2xl flex-col gap-3" onSend={() => void publish()}>
        <Field id="publish-message" label="What changes, and why" hint="Stays with the version.">
          <TextArea
            id="publish-message"
            required
            maxLength={500}
            className="min-h-14"
            value={message}
            onChange={(event) => draft.say(event.target.value)}
          />
        </Field>
        {refusal === null ? null : refusal === 'signed-out' ? <SignedOut at="publish" /> : <Problem>{refusal}</Problem>}
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" look="main" disabled={busy || !isCurrent || why !== null}>
            {busy ? 'Publishing…' : 'Publish'} <Key>Ctrl Enter</Key>
          </Button>
          {why === null ? null : <span className="text-[13px] text-ink-soft">{why}</span>}
        </div>
      </Form>
    </div>
  )
}
