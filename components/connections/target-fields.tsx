import { Globe, Network } from 'lucide-react'
import type { ReactNode } from 'react'
import { Field, Input, inputClass } from '../ui/field'
import { Link } from '../ui/link'
import type { AgentChoice, Values } from './form-values'

type Props = {
  values: Values
  set(more: Partial<Values>): void
  agents: AgentChoice[]
  problemOf(field: string): string | null
}

/** Where the target is: at an address that the gateway can reach, or in a network that only an agent can. */
export function TargetFields({ values, set, agents, problemOf }: Props) {
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="mb-2 text-[13px] font-medium">Where is the MCP server?</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        <Choice
          checked={values.transport === 'http'}
          onChoose={() => set({ transport: 'http' })}
          icon={<Globe size={16} aria-hidden />}
          title="Over HTTP"
          about="The gateway calls its address, and can hold its credential."
        />
        <Choice
          checked={values.transport === 'agent'}
          onChoose={() => set({ transport: 'agent' })}
          icon={<Network size={16} aria-hidden />}
          title="Behind an agent"
          about="In a network of its own, or a program on stdio. The credential stays there."
        />
      </div>
      {values.transport === 'http' ? (
        <Field
          id="url"
          label="Address"
          hint="Where it answers over Streamable HTTP, such as https://mcp.example.com/mcp."
          problem={problemOf('url')}
        >
          <Input
            id="url"
            name="url"
            value={values.url}
            onChange={(event) => set({ url: event.target.value })}
            aria-invalid={problemOf('url') !== null || undefined}
            aria-describedby={problemOf('url') === null ? 'url-hint' : 'url-problem'}
            required
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      ) : (
        <AgentFields {...{ values, set, agents, problemOf }} />
      )}
    </fieldset>
  )
}

function AgentFields({ values, set, agents, problemOf }: Props) {
  const chosen = agents.find(({ name }) => name === values.agent)
  if (agents.length === 0)
    return (
      <p className="rounded-md border border-dashed border-line px-4 py-5 text-center text-ink-soft">
        There is no agent yet.{' '}
        <Link href="/agents/new" className="font-medium text-accent">
          Enrol one
        </Link>{' '}
        in the network of the MCP server first.
      </p>
    )
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field id="agent" label="Agent" problem={problemOf('agent')} hint={chosen === undefined ? '' : stateOf(chosen)}>
        <select
          id="agent"
          name="agent"
          className={inputClass}
          value={values.agent}
          onChange={(event) => set({ agent: event.target.value, target: '' })}
          required
        >
          <option value="">Choose</option>
          {agents.map(({ name, online }) => (
            <option key={name} value={name}>
              {online ? name : `${name} (offline)`}
            </option>
          ))}
        </select>
      </Field>
      <Field id="target" label="Target" problem={problemOf('target')} hint={targetHint(values, chosen)}>
        <Input
          id="target"
          name="target"
          list="targets"
          value={values.target}
          onChange={(event) => set({ target: event.target.value })}
          aria-describedby="target-hint"
          required
          autoComplete="off"
          spellCheck={false}
        />
        <datalist id="targets">
          {chosen?.targets.map((target) => (
            <option key={target} value={target} />
          ))}
        </datalist>
      </Field>
    </div>
  )
}

const stateOf = ({ online, targets }: AgentChoice): string =>
  online
    ? `Connected; its config names ${targets.length === 0 ? 'no targets' : targets.join(', ')}.`
    : 'Not connected now. Calls fail until it is.'

function targetHint({ target }: Values, agent: AgentChoice | undefined): string {
  if (agent === undefined || target === '' || agent.targets.includes(target))
    return 'As the config of the agent names it.'
  return 'The config of the agent does not name this target yet.'
}

type ChoiceProps = { checked: boolean; onChoose(): void; icon: ReactNode; title: string; about: string }

const Choice = ({ checked, onChoose, icon, title, about }: ChoiceProps) => (
  <label className="flex cursor-pointer gap-3 rounded-md border border-line bg-surface-raised p-3 has-checked:border-accent has-focus-visible:outline-2 has-focus-visible:outline-accent">
    <input type="radio" name="transport" className="sr-only" checked={checked} onChange={onChoose} />
    <span className={checked ? 'mt-0.5 text-accent' : 'mt-0.5 text-ink-soft'}>{icon}</span>
    <span>
      <span className="block text-[13px] font-medium">{title}</span>
      <span className="block text-[13px] text-ink-soft">{about}</span>
    </span>
  </label>
)
