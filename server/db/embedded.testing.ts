import { lockDataDir } from '../data-lock'
import { createLog } from '../log'
import { startEmbedded } from './embedded'

/** `tsx embedded.testing.ts DIR`: an embedded PostgreSQL in a process of its own; prints where it is, SIGINT stops it. */
async function main(): Promise<void> {
  const dataDir = process.argv[2] ?? ''
  const release = lockDataDir(dataDir)
  const { serverUrl, adminUrl, stop } = await startEmbedded({ dataDir, log: createLog('silent') })
  process.once('SIGINT', async () => {
    await stop()
    release()
    process.exit(0)
  })
  process.stdout.write(`${JSON.stringify({ serverUrl, adminUrl })}\n`)
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
