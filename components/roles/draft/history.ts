/** What was, is, and could be again. `key` names the field that was typed in last: its keystrokes are one step. */
export type History<T> = { past: T[]; present: T; future: T[]; key: string | null }

const stepsMax = 200

export const begin = <T>(present: T): History<T> => ({ past: [], present, future: [], key: null })

export function edit<T>({ past, present, key: last }: History<T>, next: T, key: string | null): History<T> {
  const isSameField = key !== null && key === last
  return { past: isSameField ? past : [...past, present].slice(-stepsMax), present: next, future: [], key }
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1)
  if (before === undefined) return history
  const { past, present, future } = history
  return { past: past.slice(0, -1), present: before, future: [present, ...future], key: null }
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...rest] = history.future
  if (next === undefined) return history
  return { past: [...history.past, history.present], present: next, future: rest, key: null }
}
