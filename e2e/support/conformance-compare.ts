import type { Outcomes, Tally } from './conformance-suite'

export type Loss = { scenario: string; check: string }

/**
 * What held directly and does not through the gateway, check by check: what is gained elsewhere makes up for nothing.
 * `sameTransport`: false for a process on stdio, which has no streams of HTTP that a check could be about. There only what fails
 * is lost, or a whole scenario that did not run.
 */
export const losses = (direct: Outcomes, through: Outcomes, sameTransport: boolean): Loss[] =>
  [...direct].flatMap(([scenario, checks]) =>
    [...checks].flatMap(([check, one]) => {
      const other = through.get(scenario)?.get(check) ?? none
      const missing = sameTransport ? other.passed < one.passed : !through.has(scenario)
      return missing || other.failed > one.failed ? [{ scenario, check }] : []
    }),
  )

const none: Tally = { passed: 0, failed: 0, noted: 0 }

const tally = (outcomes: Outcomes, scenario: string): Tally =>
  [...(outcomes.get(scenario)?.values() ?? [])].reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      noted: sum.noted + one.noted,
    }),
    none,
  )

/** Both side by side, one scenario a line, and what was lost in each. */
export function sideBySide(direct: Outcomes, through: Outcomes, lost: Loss[]): string {
  const show = (outcomes: Outcomes, scenario: string) => {
    const { passed, failed } = tally(outcomes, scenario)
    return outcomes.has(scenario) ? `${passed} passed, ${failed} failed` : 'did not run'
  }
  const rows = [...direct.keys()].flatMap((scenario) => {
    const here = lost.filter((loss) => loss.scenario === scenario)
    const columns = `${scenario.padEnd(48)}  ${show(direct, scenario).padEnd(22)}  ${show(through, scenario)}`
    return [`${here.length > 0 ? 'LOST' : '    '}  ${columns}`, ...here.map(({ check }) => `      - ${check}`)]
  })
  return [`      ${'scenario'.padEnd(48)}  ${'directly'.padEnd(22)}  through Sallyport`, ...rows].join('\n')
}

/** Of these scenarios, those that ran without a failing check. */
export const whole = (outcomes: Outcomes, scenarios: string[]): string[] =>
  scenarios.filter((scenario) => {
    const { passed, failed } = tally(outcomes, scenario)
    return passed > 0 && failed === 0
  })
