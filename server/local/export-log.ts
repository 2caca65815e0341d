import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { readEnv } from '../env'
import { localAccessToken } from './sign-in'

/** `npm run -s export-log -- FILE [--token TOKEN]`: the record of a running Sallyport, in local mode as dave. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { token: { type: 'string' } } })
  const [file] = positionals
  if (file === undefined) throw new Error('usage: npm run -s export-log -- FILE [--token TOKEN]')
  const { publicUrl, local } = readEnv(process.env)
  if (values.token === undefined && !local) throw new Error('give an access token of an auditor with --token')
  const token = values.token ?? (await localAccessToken(publicUrl, 'dave', `${publicUrl}/api`))
  const response = await fetch(`${publicUrl}/api/export`, { headers: { authorization: `Bearer ${token}` } })
  if (!response.ok || response.body === null)
    throw new Error(`HTTP ${response.status}: ${(await response.text()).slice(0, 300)}`)
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(file))
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
