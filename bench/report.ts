export type Result = {
  name: string
  connections: number
  callsPerSecond: number
  p50Ms: number
  p99Ms: number
  cpuUsPerCall: number
}
export type Ratios = {
  /** Calls/s of Sallyport with everything on, as a share of the bare proxy's, at 32 connections. */
  vsBareProxy32: number
  /** Median added to the direct call at one connection, in ms. */
  addedP50Ms1: number
  addedP99Ms1: number
  cpuVsBareProxy32: number
}

export const percentile = (values: number[], percent: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0
}

export const median = (values: number[]): number => percentile(values, 50)

export function ratiosOf(results: Result[]): Ratios {
  const at = (name: string, connections: number): Result => {
    const found = results.find((result) => result.name === name && result.connections === connections)
    if (found === undefined) throw new Error(`nothing was measured for ${name} at ${connections} connections`)
    return found
  }
  return {
    vsBareProxy32: at('sallyport', 32).callsPerSecond / at('bare proxy', 32).callsPerSecond,
    addedP50Ms1: at('sallyport', 1).p50Ms - at('direct', 1).p50Ms,
    addedP99Ms1: at('sallyport', 1).p99Ms - at('direct', 1).p99Ms,
    cpuVsBareProxy32: at('sallyport', 32).cpuUsPerCall / at('bare proxy', 32).cpuUsPerCall,
  }
}

export function printTable(results: Result[], ratios: Ratios): void {
  const line = (...cells: (string | number)[]) =>
    process.stdout.write(`${cells.map((cell) => String(cell).padStart(14)).join('')}\n`)
  line('', 'connections', 'calls/s', 'p50 ms', 'p99 ms', 'CPU us/call')
  for (const { name, connections, callsPerSecond, p50Ms, p99Ms, cpuUsPerCall } of results)
    line(name, connections, callsPerSecond.toFixed(0), p50Ms.toFixed(2), p99Ms.toFixed(2), cpuUsPerCall.toFixed(0))
  process.stdout.write(
    `\n${(ratios.vsBareProxy32 * 100).toFixed(0)} % of the bare proxy at 32 connections, ` +
      `${ratios.addedP50Ms1.toFixed(2)} ms added p50 at one connection, ${ratios.cpuVsBareProxy32.toFixed(1)} times its CPU\n`,
  )
}
