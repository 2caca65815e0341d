import pg from 'pg'

/** A connection for one task at start. `variable` is where its address came from, for whoever has to correct it. */
export async function dial(connectionString: string, variable: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    application_name: 'sallyport start',
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw new Error(`the database of ${variable} cannot be used: ${reasonOf(error)}`)
  }
}

// A name with several addresses fails with one error each and no message of its own.
function reasonOf(error: unknown): string {
  const { message, errors, code } = error as Error & { errors?: Error[]; code?: string }
  return message || errors?.map((one) => one.message).join(', ') || code || 'it does not answer'
}
