'use client'

import { clsx } from 'clsx'
import { useState } from 'react'
import { Code } from '../ui/code'

type Way = { client: string; about: string; text(url: string, name: string): string }

const json = (value: unknown) => JSON.stringify(value, null, 2)

const ways: Way[] = [
  {
    client: 'Claude Code',
    about: 'Run this, then /mcp to sign in.',
    text: (url, name) => `claude mcp add --transport http ${name} ${url}`,
  },
  {
    client: 'VS Code',
    about: '.vscode/mcp.json',
    text: (url, name) => json({ servers: { [name]: { type: 'http', url } } }),
  },
  { client: 'Cursor', about: '~/.cursor/mcp.json', text: (url, name) => json({ mcpServers: { [name]: { url } } }) },
  { client: 'Codex', about: '~/.codex/config.toml', text: (url, name) => `[mcp_servers.${name}]\nurl = "${url}"` },
  {
    client: 'Inspector',
    about: 'In a shell; TOKEN holds an access token.',
    text: (url) =>
      `npx @modelcontextprotocol/inspector --cli ${url} --transport http \\\n  --header "Authorization: Bearer $TOKEN" --method tools/list`,
  },
  {
    client: 'JSON',
    about: 'For anything else.',
    text: (url, name) =>
      json({ name, transport: 'streamable-http', url, headers: { Authorization: 'Bearer <access token>' } }),
  },
]

/** What each client needs, to copy. */
export function ConnectClient({ url, name }: { url: string; name: string }) {
  const [chosen, setChosen] = useState(ways[0] as Way)
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-1" role="tablist" aria-label="Client">
        {ways.map((way) => (
          <button
            key={way.client}
            type="button"
            role="tab"
            aria-selected={way === chosen}
            onClick={() => setChosen(way)}
            className={clsx(
              'rounded-md px-2.5 py-1 text-[13px] font-medium',
              way === chosen ? 'bg-surface-sunken' : 'text-ink-soft hover:bg-surface-sunken',
            )}
          >
            {way.client}
          </button>
        ))}
      </div>
      <p className="text-[13px] text-ink-soft">{chosen.about}</p>
      <Code key={chosen.client} text={chosen.text(url, name)} label={`what ${chosen.client} needs`} />
    </div>
  )
}
