import pg from 'pg'

/** A connection for one task at start. `variable` is where its address came from, for whoever has to correct it. */
export async function dial(connectionString: string, variable: string): Promise<pg.Client> {
  let client: pg.Client | null = null
  try {
    // Reads the files that the address names, so it may throw.
    client = new pg.Client({
      connectionString,
      application_name: 'sallyport start',
      connectionTimeoutMillis: 10_000,
    })
    client.on('error', () => {})
    await client.connect()
    return client
  } catch (error) {
    await client?.end().catch(() => {})
    throw new Error(`the database of ${variable} cannot be used: ${reasonOf(error)}${adviceFor(error, variable)}`)
  }
}

const unverified = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/

function adviceFor(error: unknown, variable: string): string {
  const { code = '', path } = error as { code?: string; path?: string }
  if (unverified.test(code)) return `; name the file of its authority in ${variable} with sslrootcert=/path/to/ca.crt`
  return path === undefined ? '' : '; its sslrootcert, sslcert and sslkey are paths on this machine'
}

// A name with several addresses fails with one error each and no message of its own.
function reasonOf(error: unknown): string {
  const { message, errors, code } = error as Error & { errors?: Error[]; code?: string }
  return message || errors?.map((one) => one.message).join(', ') || code || 'it does not answer'
}
