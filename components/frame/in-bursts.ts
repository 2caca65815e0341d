import type { Topic } from './event-line'

/** A burst is answered once at its beginning and once at its end. */
const burstMs = 200

/** `whats` are the things that changed since the last time; null when that is not known. */
export type Told = (topic: Topic, whats: string[] | null) => void

export function inBursts(tell: Told): (topic: Topic, what?: string) => void {
  const waiting = new Map<Topic, Set<string> | null>()
  const over = (topic: Topic) => {
    const more = waiting.get(topic)
    waiting.delete(topic)
    if (more === null) begin(topic, null)
    else if (more !== undefined && more.size > 0) begin(topic, [...more])
  }
  const begin = (topic: Topic, whats: string[] | null) => {
    tell(topic, whats)
    waiting.set(topic, new Set())
    setTimeout(() => over(topic), burstMs)
  }
  return (topic, what) => {
    const before = waiting.get(topic)
    if (before === undefined) begin(topic, what === undefined ? null : [what])
    else if (what === undefined) waiting.set(topic, null)
    else before?.add(what)
  }
}
