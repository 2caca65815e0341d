'use client'

import { X } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { inputClass } from '../ui/field'
import { Link } from '../ui/link'
import { stepsHref } from './steps-href'

type Props = { id: string; only: string | undefined; text: string | undefined }

/** Leads to the steps in which a text stands, in what was asked or answered. The list holds only what is on screen. */
export function FindSteps({ id, only, text }: Props) {
  const router = useRouter()
  const find = (form: FormData) => router.replace(stepsHref(id, { only, text: String(form.get('text')).trim() }))
  return (
    <form action={find} aria-label="Find steps" className="relative">
      <input
        type="search"
        name="text"
        aria-label="Find in this session"
        placeholder="Find in calls and replies"
        defaultValue={text}
        maxLength={200}
        className={`${inputClass} w-full pr-8`}
      />
      {text === undefined ? null : (
        <Link
          replace
          href={stepsHref(id, { only })}
          aria-label={`Take away the text ${text}`}
          className="absolute inset-y-0 right-0 inline-flex w-8 items-center justify-center text-ink-soft hover:text-ink"
        >
          <X size={14} aria-hidden />
        </Link>
      )}
    </form>
  )
}
