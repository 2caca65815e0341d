import { expect, test } from 'vitest'
import { createMetrics } from './metrics'

test('calls by outcome, latencies per stage, held calls and record lag are there for Prometheus', async () => {
  const metrics = createMetrics()
  metrics.calls.inc({ outcome: 'ok' })
  metrics.calls.inc({ outcome: 'denied' })
  metrics.calls.inc({ outcome: 'ok' })
  metrics.stage.observe('decide', 0.0002)
  metrics.held.inc()
  metrics.held.inc()
  metrics.held.dec()
  metrics.recordLag.set(0.25)
  const text = await metrics.text()
  expect(text).toContain('sallyport_calls_total{outcome="ok"} 2')
  expect(text).toContain('sallyport_calls_total{outcome="denied"} 1')
  expect(text).toContain('sallyport_stage_seconds_bucket{le="0.00025",stage="decide"} 1')
  expect(text).toContain('sallyport_stage_seconds_count{stage="decide"} 1')
  expect(text).toContain('sallyport_held_calls 1')
  expect(text).toContain('sallyport_record_lag_seconds 0.25')
  expect(text).toMatch(/process_resident_memory_bytes \d+/)
})

test('two in one process do not share their counts', async () => {
  createMetrics().held.inc()
  expect(await createMetrics().text()).toContain('sallyport_held_calls 0')
})
