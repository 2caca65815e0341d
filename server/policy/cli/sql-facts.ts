import { parseArgs } from 'node:util'
import { loadSql, sqlFacts } from '../sql/facts'

const usage = `usage: npm run -s sql-facts -- "SQL" [--dialect postgres|mysql] [--schema NAME]

Prints what a condition sees of a statement as \`sql\`.`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      dialect: { type: 'string', default: 'postgres' },
      schema: { type: 'string', default: 'public' },
      help: { type: 'boolean' },
    },
  })
  const { dialect, schema } = values
  const [statement, ...more] = positionals
  if (
    values.help !== true &&
    (statement === undefined || more.length > 0 || (dialect !== 'postgres' && dialect !== 'mysql'))
  ) {
    console.error(usage)
    return 1
  }
  if (values.help === true) console.log(usage)
  else {
    await loadSql()
    console.log(JSON.stringify(sqlFacts(statement, dialect as 'postgres' | 'mysql', schema), null, 2))
  }
  return 0
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: Error) => {
    console.error(error.message)
    process.exitCode = 1
  },
)
