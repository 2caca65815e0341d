import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = {
  /** Answered calls, by outcome. */
  calls: { inc(labels: { outcome: string }): void }
  /** Time spent in each stage of the pipeline. */
  stage: { observe(stage: string, seconds: number): void }
  /** Calls that wait for a review now. */
  held: { inc(): void; dec(): void }
  /** Age of the oldest entry that is not durable yet. */
  recordLag: { set(seconds: number): void }
  /** Everything, in the text format of Prometheus. Counts and times only: no names of people, tools or connections. */
  text(): Promise<string>
}

const buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60]

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  return {
    calls: new Counter({
      name: 'sallyport_calls_total',
      help: 'Answered MCP requests, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    stage: stages(registers),
    held: new Gauge({ name: 'sallyport_held_calls', help: 'Calls that wait for a review now', registers }),
    recordLag: new Gauge({
      name: 'sallyport_record_lag_seconds',
      help: 'Age of the oldest entry that is not durable yet',
      registers,
    }),
    text: () => registry.metrics(),
  }
}

const unreadMax = 2_048

/** Eight laps a call are kept and counted together: counting them one by one, each in a cold cache, costs three times as much. */
function stages(registers: Registry[]): Metrics['stage'] {
  const names: string[] = []
  const seconds: number[] = []
  const series = new Map<string, { observe(seconds: number): void }>()
  const histogram = new Histogram({
    name: 'sallyport_stage_seconds',
    help: 'Time spent in each stage of the pipeline',
    labelNames: ['stage'],
    buckets,
    registers,
    collect: () => count(),
  })
  function count(): void {
    for (const [n, name] of names.entries()) {
      const known = series.get(name) ?? histogram.labels(name)
      series.set(name, known)
      known.observe(seconds[n] as number)
    }
    names.length = 0
    seconds.length = 0
  }
  return {
    observe(stage, time) {
      names.push(stage)
      seconds.push(time)
      if (names.length >= unreadMax) count()
    },
  }
}
