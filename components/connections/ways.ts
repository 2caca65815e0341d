export type Way = { client: string; steps(url: string, name: string): { about: string; text: string }[] }

const json = (value: unknown) => JSON.stringify(value, null, 2)
const entry = (url: string) => ({ type: 'http', url })

/** What each MCP client needs to be told. Those that can sign in do so by themselves when the gateway asks them to. */
export const ways: Way[] = [
  {
    client: 'Claude Code',
    steps: (url, name) => [
      {
        about: 'In a shell. Then type /mcp in Claude Code and sign in.',
        text: `claude mcp add --transport http ${name} ${url}`,
      },
      { about: 'Or in .mcp.json, for everybody in a project.', text: json({ mcpServers: { [name]: entry(url) } }) },
    ],
  },
  {
    client: 'VS Code',
    steps: (url, name) => [
      {
        about: 'In .vscode/mcp.json. VS Code opens the sign-in when it starts the server.',
        text: json({ servers: { [name]: entry(url) } }),
      },
      { about: 'Or in a shell, for yourself.', text: `code --add-mcp '${JSON.stringify({ name, ...entry(url) })}'` },
    ],
  },
  {
    client: 'Cursor',
    steps: (url, name) => [
      {
        about: 'In ~/.cursor/mcp.json, or .cursor/mcp.json of a project.',
        text: json({ mcpServers: { [name]: { url } } }),
      },
    ],
  },
  {
    client: 'Codex',
    steps: (url, name) => [
      { about: 'In ~/.codex/config.toml.', text: `[mcp_servers.${name}]\nurl = "${url}"` },
      { about: 'Then sign in, in a shell.', text: `codex mcp login ${name}` },
    ],
  },
  {
    client: 'Inspector',
    steps: (url) => [
      {
        about: 'In a shell, with an access token in TOKEN.',
        text: `npx @modelcontextprotocol/inspector --cli ${url} --transport http \\\n  --header "Authorization: Bearer $TOKEN" --method tools/list`,
      },
    ],
  },
  {
    client: 'JSON',
    steps: (url, name) => [
      { about: 'For a client that signs in by itself.', text: json({ mcpServers: { [name]: entry(url) } }) },
      {
        about: 'For a script or a client that cannot, with an access token.',
        text: json({ mcpServers: { [name]: { ...entry(url), headers: { Authorization: 'Bearer <access token>' } } } }),
      },
    ],
  },
]
