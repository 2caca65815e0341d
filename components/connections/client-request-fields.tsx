import type { ClientRequestKind } from '../../server/types'
import type { Values } from './form-values'

const kinds: [kind: ClientRequestKind, asks: string][] = [
  ['elicitation', 'Ask the person for input, or to open an address'],
  ['sampling', "Ask the client's model to write something, which may carry data out"],
  ['roots', 'Ask which folders the client works in'],
]

type Props = { values: Values; set(more: Partial<Values>): void }

/** What the target may ask back; what is not marked is refused and recorded. */
export function ClientRequestFields({ values: { clientRequests }, set }: Props) {
  const toggle = (kind: ClientRequestKind, on: boolean) =>
    set({ clientRequests: on ? [...clientRequests, kind] : clientRequests.filter((one) => one !== kind) })
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-[13px] font-medium">What the server may ask of its clients</legend>
      {kinds.map(([kind, asks]) => (
        <label key={kind} className="flex items-start gap-2 text-[13px]">
          <input
            type="checkbox"
            className="mt-1"
            checked={clientRequests.includes(kind)}
            onChange={(event) => toggle(kind, event.target.checked)}
          />
          <span>
            <code className="font-mono text-[12px]">{kind}</code> <span className="text-ink-soft">{asks}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
