import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { percentile } from '../report'
import { measureHeld } from './held'
import { fillInbox, measureLatency } from './latency'
import { startWorld } from './world'

// What people and callers wait for, on three instances: `npm run bench:reviews -- --pending 1000 --rounds 200 --held 10000`.
const { values } = parseArgs({
  options: {
    pending: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '200' },
    held: { type: 'string', default: '10000' },
  },
})

const say = (what: string, all: number[], aim: string) =>
  process.stdout.write(
    `${what.padEnd(52)} p50 ${percentile(all, 50).toFixed(0).padStart(5)} ms  p95 ${percentile(all, 95).toFixed(0).padStart(5)} ms  ` +
      `p99 ${percentile(all, 99).toFixed(0).padStart(5)} ms  ${aim}\n`,
  )
const load = () =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(' ')

const world = await startWorld()
// Who runs out of patience leaves no three instances behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void world.stop().finally(() => process.exit(1)))
try {
  const rounds = Number(values.rounds)
  if (rounds > 0) {
    await fillInbox(world, Number(values.pending))
    process.stdout.write(`${values.pending} questions wait; load of the machine ${load()}\n`)
    const { pushMs, cardMs, clickMs, bareMs, perSecond } = await measureLatency(world, rounds)
    process.stdout.write(`${perSecond.toFixed(1)} calls and clicks a second, one after another, three inboxes open\n`)
    say('a request that does nothing, meanwhile', bareMs, '')
    say('from the call to the push in an open inbox', pushMs, '')
    say('from the call to its card', cardMs, 'p95 below 300')
    say('from the click to the call at the target', clickMs, 'p95 below 200')
  }
  const calls = Number(values.held)
  if (calls > 0) {
    const held = await measureHeld(world, calls, 8000, ({ kbEach, openMs, freeMs, meanwhileMs }) => {
      process.stdout.write(
        `${calls} calls held after ${(openMs / 1000).toFixed(0)} s, ${kbEach.toFixed(1)} KB each (below 40); load of the machine ${load()}\n`,
      )
      say('other calls without them', freeMs, '')
      say('other calls meanwhile', meanwhileMs, 'p99 at most doubled')
    })
    process.stdout.write(`${held.finished} ended after ${(held.approveMs / 1000).toFixed(0)} s of approving\n`)
  }
} finally {
  process.stdout.write(`load of the machine ${load()}\n`)
  await world.stop()
}
