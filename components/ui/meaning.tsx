import { clsx } from 'clsx'
import {
  CircleCheck,
  CircleHelp,
  CircleSlash,
  CircleX,
  Clock,
  EyeOff,
  type LucideIcon,
  TriangleAlert,
  Unplug,
} from 'lucide-react'

type Look = { word: string; icon: LucideIcon; color: string }

const soft = 'text-ink-soft'

/** Effects, review states and outcomes: colour, icon and word together, so that none stands alone. */
const looks: Record<string, Look> = {
  allow: { word: 'allow', icon: CircleCheck, color: 'text-allow' },
  review: { word: 'review', icon: Clock, color: 'text-review' },
  deny: { word: 'deny', icon: CircleX, color: 'text-deny' },
  pending: { word: 'pending', icon: Clock, color: 'text-review' },
  approved: { word: 'approved', icon: CircleCheck, color: 'text-allow' },
  denied: { word: 'denied', icon: CircleX, color: 'text-deny' },
  expired: { word: 'expired', icon: Clock, color: soft },
  cancelled: { word: 'cancelled', icon: CircleSlash, color: soft },
  ok: { word: 'ok', icon: CircleCheck, color: 'text-allow' },
  tool_error: { word: 'tool error', icon: TriangleAlert, color: soft },
  error: { word: 'error', icon: TriangleAlert, color: soft },
  held: { word: 'held', icon: Clock, color: 'text-review' },
  refused: { word: 'refused', icon: CircleX, color: 'text-deny' },
  withheld: { word: 'withheld', icon: EyeOff, color: 'text-masked' },
  unreachable: { word: 'unreachable', icon: Unplug, color: soft },
  unknown: { word: 'unknown', icon: CircleHelp, color: soft },
}

export const wordOf = (meaning: string): string => looks[meaning]?.word ?? meaning

type Props = { of: string; className?: string; word?: string }

/** `word` says the same more exactly, where there is room. */
export function Meaning({ of, className, word: said }: Props) {
  const { word, icon: Icon, color } = looks[of] ?? { word: of || 'open', icon: CircleHelp, color: soft }
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1 self-center whitespace-nowrap text-[13px] font-medium',
        color,
        className,
      )}
    >
      <Icon size={14} aria-hidden />
      {said ?? word}
    </span>
  )
}

/** How many values of a reply were hidden. */
export function MaskedCount({ n }: { n: number }) {
  if (n === 0) return null
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap text-[13px] font-medium text-masked">
      <EyeOff size={14} aria-hidden />
      {n} masked
    </span>
  )
}
