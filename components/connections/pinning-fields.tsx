import type { Pinning } from '../../server/types'
import type { Values } from './form-values'

const choices: [pinning: Pinning, title: string, about: string][] = [
  ['strict', 'Keep it from use', 'Not listed, and calls refused, until an administrator accepts it.'],
  ['warn', 'Warn', 'It runs; administrators see what changed.'],
  ['off', 'Take it as it comes', 'Nothing is compared.'],
]

/** `readers`: allow rules that read a tool's hints, which need `strict`. */
type Props = { values: Values; set(more: Partial<Values>): void; readers: string[] }

/** What becomes of a tool that its target describes otherwise than it was accepted. */
export const PinningFields = ({ values: { pinning }, set, readers }: Props) => (
  <fieldset className="flex flex-col gap-2">
    <legend className="mb-1 text-[13px] font-medium">When a tool changes, or a new one comes</legend>
    {choices.map(([choice, title, about]) => (
      <label key={choice} className="flex items-start gap-2 text-[13px]">
        <input
          type="radio"
          name="pinning"
          className="mt-1"
          checked={pinning === choice}
          onChange={() => set({ pinning: choice })}
        />
        <span>
          {title} <span className="text-ink-soft">{about}</span>
        </span>
      </label>
    ))}
    {pinning !== 'strict' && readers.length > 0 ? (
      <p role="status" className="text-[13px] font-medium">
        Allow rules that read <code className="font-mono text-[12px]">tool</code> let nothing through here unless tools
        are kept from use: {readers.join(', ')}.
      </p>
    ) : null}
  </fieldset>
)
