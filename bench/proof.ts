import pg from 'pg'
import { consoleSession } from '../server/local/sign-in'
import type { Prepared } from './prepare'

/** What must be true for the numbers to count; each that is not, in words. */
export async function proof({ adminUrl, console: url }: Prepared, calls: number): Promise<string[]> {
  const problems: string[] = []
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rows: settings } = await client.query(
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`,
    )
    if (settings[0].fsync !== 'on' || settings[0].commit !== 'on')
      problems.push('PostgreSQL did not flush every commit')
    const { rows } = await client.query(`
      select count(*) filter (where kind = 'call')::int as calls, count(*) filter (where kind = 'reply' and masked > 0)::int as masked
      from entries where connection in ('bench', 'agent')`)
    // Warm-up rounds are recorded too.
    if (rows[0].calls < calls) problems.push(`only ${rows[0].calls} call entries for ${calls} calls`)
    if (rows[0].masked !== rows[0].calls)
      problems.push(`${rows[0].calls} calls, but ${rows[0].masked} masked replies in the record`)
  } finally {
    await client.end()
  }
  const dave = await consoleSession(url, 'dave')
  const response = await dave.fetch('/api/record', { method: 'POST' })
  const report = (await response.json()) as { findings?: { where: string; problem: string }[] }
  if (report.findings === undefined) problems.push(`the record could not be verified: HTTP ${response.status}`)
  for (const { where, problem } of report.findings ?? [])
    problems.push(`the record does not hold: ${where}: ${problem}`)
  return problems
}
