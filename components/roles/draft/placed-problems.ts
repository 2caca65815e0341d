import type { DraftProblem } from '../../../server/roles/schemas'

/** Problems by their place: a large policy has thousands, and every field asks for its own. */
export type PlacedProblems = {
  /** Of exactly this place. */
  at(path: string): DraftProblem[]
  /** Of this place and of all in it. */
  in(path: string): DraftProblem[]
}

export function placed(problems: DraftProblem[]): PlacedProblems {
  const at = new Map<string, DraftProblem[]>()
  const within = new Map<string, DraftProblem[]>()
  const put = (map: typeof at, path: string, problem: DraftProblem) => {
    const there = map.get(path)
    if (there === undefined) map.set(path, [problem])
    else there.push(problem)
  }
  for (const problem of problems) {
    put(at, problem.path, problem)
    const keys = problem.path.split('.')
    for (let n = 1; n <= keys.length; n++) put(within, keys.slice(0, n).join('.'), problem)
  }
  return { at: (path) => at.get(path) ?? [], in: (path) => within.get(path) ?? [] }
}
