import { parseArgs } from 'node:util'
import { runDeeds } from '../../server/gateway/chaos/run.testing'
import { startWorld } from '../../server/gateway/chaos/world.testing'

// Callers, approvers and `kill -9` on several instances; exit 1 when the target's count is not what the record says.
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    instances: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const kills = Number(values.kills)
const size = Number(values.instances)
const seed = Number(values.seed)
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(size) || size < 2 || !Number.isInteger(seed)) {
  process.stderr.write('usage: npm run chaos -- [--kills N] [--instances N, at least 2] [--seed N]\n')
  process.exit(2)
}

process.stdout.write(`${size} instances, ${kills} kills, seed ${seed}\n`)
const world = await startWorld(size)
const ran = await runDeeds(world, { steps: kills * 40, kills, seed }).finally(() => world.stop())
for (const problem of ran.problems) process.stdout.write(`  ${problem}\n`)
process.stdout.write(
  `${ran.steps} steps, ${ran.kills} kills: ${world.sent.length} calls, ${ran.effects} effects, ` +
    `${ran.entries} entries (${ran.unknown} that may not have run), ${ran.grants} grants, ${ran.told} told late, ${ran.problems.length} problems\n`,
)
process.exit(ran.problems.length === 0 ? 0 : 1)
