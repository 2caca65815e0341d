import type { Json } from '../types'
import { compact, type Layout, parseExact, print } from './exact'

/** A JSON text inside a text: what it says and how it was laid out. */
export type Embedded = { value: Json; layout: Layout }

const begins = /^\s*(?:[[{]|"[^"]*[[{\\])/

/** Null unless all of `text` is one JSON object or array, or a JSON string that may hold one. */
export function readJson(text: string): Embedded | null {
  if (!begins.test(text.slice(0, 4096))) return null
  try {
    return { value: parseExact(text), layout: layoutOf(text) }
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

const start = /^\s*[[{]([ \t]*\r?\n([ \t]*))?/

function layoutOf(text: string): Layout {
  const indent = start.exec(text)?.[2] ?? ''
  // Most texts have no such escape at all, which is seen at once.
  const ascii =
    text.includes('\\u') && !/[\u0080-\uffff]/.test(text) && /\\u00[89a-f]|\\u0[1-9a-f]|\\u[1-9a-f]/i.test(text)
  if (indent !== '') return { comma: ',', colon: ': ', indent, ascii }
  const spaced = /^\s*(?:\{\s*"(?:[^"\\]|\\.)*": |\[[^,{[]*, |\[\s*\{\s*"(?:[^"\\]|\\.)*": )/.test(text.slice(0, 4096))
  return spaced ? { comma: ', ', colon: ': ', indent: '', ascii } : { ...compact, ascii }
}

/** The layout that `like` has, with the space around it. */
export function printLike(value: Json, layout: Layout, like: string): string {
  const lead = /^\s*/.exec(like)![0]
  const tail = /\s*$/.exec(like.slice(-64))![0]
  return lead + print(value, layout) + tail
}

/** True when an object in this valid JSON text has a key twice. */
export function hasEqualKeys(text: string): boolean {
  const open: (Set<string> | null)[] = []
  let expectsKey = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!
    if (char === '"') {
      const end = stringEnd(text, at)
      const keys = open.at(-1)
      if (expectsKey && keys) {
        const key = JSON.parse(text.slice(at, end)) as string
        if (keys.has(key)) return true
        keys.add(key)
      }
      expectsKey = false
      at = end - 1
    } else if (char === '{' || char === '[') {
      expectsKey = char === '{'
      open.push(expectsKey ? new Set() : null)
    } else if (char === '}' || char === ']') open.pop()
    else if (char === ',') expectsKey = open.at(-1) !== null
  }
  return false
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at += 1
    else if (code === 0x22) return at + 1
  }
  return text.length
}
