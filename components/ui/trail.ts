'use client'

const seen: string[] = []

/** Notes where the viewer is; going back takes a place off again. */
export function tread(path: string): void {
  if (seen.at(-2) === path) seen.pop()
  else if (seen.at(-1) !== path) seen.push(path)
}

/** Whether the place before this one is `path`, so that going back finds it as it was left, filters and all. */
export const cameFrom = (path: string): boolean => seen.at(-2) === path
