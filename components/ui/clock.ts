'use client'

import { useSyncExternalStore } from 'react'

type Beat = { now: number; listeners: Set<() => void>; timer: ReturnType<typeof setInterval> | null }

const beats = new Map<number, Beat>()

function beatOf(everyMs: number): Beat {
  const known = beats.get(everyMs)
  if (known !== undefined) return known
  const made: Beat = { now: Date.now(), listeners: new Set(), timer: null }
  beats.set(everyMs, made)
  return made
}

function listen(everyMs: number, listener: () => void): () => void {
  const beat = beatOf(everyMs)
  beat.listeners.add(listener)
  beat.timer ??= setInterval(() => {
    beat.now = Date.now()
    for (const each of beat.listeners) each()
  }, everyMs)
  return () => {
    beat.listeners.delete(listener)
    if (beat.listeners.size > 0 || beat.timer === null) return
    clearInterval(beat.timer)
    beats.delete(everyMs)
  }
}

const subscribe = {
  1000: (listener: () => void) => listen(1000, listener),
  15000: (listener: () => void) => listen(15000, listener),
}

/** The time, read again every `everyMs`: one timer for everything on the page. */
export function useNow(everyMs: keyof typeof subscribe): number {
  return useSyncExternalStore(subscribe[everyMs], () => beatOf(everyMs).now, serverNow)
}

// No timer runs on the server, where a kept beat would stand still.
const serverNow = () => Math.ceil(Date.now() / 1000) * 1000
