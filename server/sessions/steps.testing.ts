import type { Context } from '../context'
import { getStep } from './get-step'
import { listSteps } from './list-steps'
import { type Step, StepFilter } from './schemas'

/** Every step of a session, whole, as who opens one after the other sees them. */
export async function stepsOf(ctx: Context, id: string): Promise<Step[]> {
  const { steps } = await listSteps(ctx, id, StepFilter.parse({ limit: 500 }))
  return Promise.all(steps.map((step) => getStep(ctx, id, step.id)))
}
