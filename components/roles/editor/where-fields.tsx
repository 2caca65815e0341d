'use client'

import type { Rule } from '../../../server/types'
import { type Option, Picker } from '../../ui/picker'
import { count } from '../../ui/text'
import { connectionsOf, hintWords, toolsOf } from '../draft/catalog'
import { placeOf, useEditor } from '../draft/editor-context'

type Named = Pick<Rule, 'connections' | 'resources'>
type Props = { path: string; of: string; named: Named; onChange(patch: Partial<Named>): void }

/** What, on which connections: from the real catalog, or as globs. */
export function WhereFields({ path, of, named, onChange }: Props) {
  const { catalog, problems } = useEditor()
  const wrong = (key: string) => problems.in(`${path}.${key}`).some(({ severity }) => severity === 'error')
  const within = named.connections.length === 0 ? catalog : connectionsOf(catalog, named)
  const tools: Option[] = [
    { value: '*', label: '*', about: 'everything there is, and will be' },
    ...within.flatMap((connection) =>
      connection.tools.map((tool) => ({
        value: tool.name,
        about: tool.description || tool.title,
        tags: hintWords(tool.hints),
        group: connection.name,
      })),
    ),
  ]
  const connections: Option[] = [
    { value: '*', about: 'every connection there is, and will be' },
    ...catalog.map(({ name, tools: all }) => ({ value: name, about: count(all.length, 'tool') })),
  ]
  return (
    <>
      <Picker
        id={placeOf(`${path}.resources`)}
        label={`tools and resources of ${of}`}
        values={named.resources}
        options={firstOfEach(tools)}
        onChange={(resources) => onChange({ resources })}
        free="Search tools, or type a name, URI or glob such as get_*"
        empty="what?"
        invalid={wrong('resources')}
      />
      <span>on</span>
      <Picker
        id={placeOf(`${path}.connections`)}
        label={`connections of ${of}`}
        values={named.connections}
        options={connections}
        onChange={(next) => onChange({ connections: next })}
        free="Search, or type a name or glob"
        empty="where?"
        invalid={wrong('connections')}
      />
    </>
  )
}

/** The tools a rule speaks of today, as far as the catalog knows them. */
export function MatchesToday({ named }: { named: Named }) {
  const { catalog } = useEditor()
  if (named.resources.length === 0 || named.connections.length === 0) return null
  const names = [...new Set(toolsOf(catalog, named).map(({ name }) => name))]
  const shown = names.slice(0, 6).join(', ')
  return (
    <p className="text-[12px] text-ink-soft">
      {names.length === 0
        ? 'No tool of the catalog has such a name.'
        : `${count(names.length, 'tool')} today: ${shown}${names.length > 6 ? ', …' : ''}`}
    </p>
  )
}

function firstOfEach(options: Option[]): Option[] {
  const seen = new Set<string>()
  return options.filter(({ value }) => !seen.has(value) && seen.add(value))
}
