// `npm run conformance -- --target URL --requirements REVISION`: what a target does directly, it must do through Sallyport.
import { parseArgs } from 'node:util'
import { throughSallyport } from './conformance-gateway'
import { losses, officialSuite, sideBySide, whole } from './conformance-suite'

const usage = 'npm run conformance -- --target URL --requirements 2025-11-25|2026-07-28'

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { target: { type: 'string' }, requirements: { type: 'string' } } })
  const { target, requirements } = values
  if (target === undefined || requirements === undefined) throw new Error(`usage: ${usage}`)
  const direct = await officialSuite(target, requirements)
  const route = await throughSallyport(target)
  try {
    const through = await officialSuite(route.url, requirements)
    const lost = losses(direct, through)
    const total = `directly ${whole(direct)} of ${direct.size}, through Sallyport ${whole(through)} of ${direct.size}`
    process.stdout.write(`${sideBySide(direct, through)}\n\n${requirements}: ${total}, ${lost.length} lost\n`)
    return lost.length === 0 ? 0 : 1
  } finally {
    await route.close()
  }
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  },
)
