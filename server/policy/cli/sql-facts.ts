import { loadSql, sqlFacts } from '../sql/facts'

/** `npm run -s sql-facts -- [--mysql] "SQL"`: what a statement does, as conditions see it. */
async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const dialect = args[0] === '--mysql' ? 'mysql' : 'postgres'
  const [statement] = dialect === 'mysql' ? args.slice(1) : args
  if (statement === undefined) throw new Error('usage: npm run -s sql-facts -- [--mysql] "SQL"')
  await loadSql()
  process.stdout.write(`${JSON.stringify(sqlFacts(statement, dialect, 'public'), null, 2)}\n`)
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
