import { parseArgs } from 'node:util'
import { readEnv } from '../env'
import { localPeople } from './people-accounts'
import { localAccessToken } from './sign-in'

const usage = `usage: npm run -s token -- NAME [--resource URL]   (NAME is ${localPeople.map(({ id }) => id).join(', ')})`

async function main(): Promise<void> {
  const { person, resource } = readArguments()
  const env = readEnv(process.env)
  if (!env.local) throw new Error(`OIDC_ISSUER is set, so local people do not exist; get a token from ${env.issuer}`)
  process.stdout.write(`${await localAccessToken(env.publicUrl, person, resource)}\n`)
}

function readArguments(): { person: string; resource: string | undefined } {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { resource: { type: 'string' } } })
    const [person, ...more] = positionals
    if (person !== undefined && more.length === 0) return { person, resource: values.resource }
  } catch {
    // An option that does not exist gets the same answer as a missing name.
  }
  throw new Error(usage)
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
