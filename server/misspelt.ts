/** A variable that means nothing, and the setting that was meant, where one is near. */
export type Misspelt = { name: string; meant: string | null }

const shortest = 8
const editsMax = 2
// Kubernetes sets such ones for a service of that name.
const ofService = /_(SERVICE_|PORT)/

/** Names that are nearly a setting's, and those that begin like one: a setting that is not read opens or closes what nobody meant. */
export function misspeltIn(given: Record<string, unknown>, settings: string[]): Misspelt[] {
  return Object.keys(given).flatMap((name) => {
    if (name.length < shortest || settings.includes(name) || ofService.test(name)) return []
    const meant = settings.find((setting) => setting.length >= shortest && edits(name, setting) <= editsMax) ?? null
    return meant !== null || name.startsWith('OIDC_') ? [{ name, meant }] : []
  })
}

/** Levenshtein's distance. */
function edits(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > editsMax) return editsMax + 1
  let row = Array.from({ length: to.length + 1 }, (_, n) => n)
  for (const [n, letter] of [...from].entries()) {
    const next = [n + 1]
    for (const [m, other] of [...to].entries())
      next.push(Math.min((row[m + 1] ?? 0) + 1, (next[m] ?? 0) + 1, (row[m] ?? 0) + (letter === other ? 0 : 1)))
    row = next
  }
  return row.at(-1) ?? 0
}
