import { metaKeys, modernRevisions } from '../../mcp/revisions'
import type { JsonObject } from '../../types'
import { type ChildSpec, startChild } from './child'
import { isObject, readObject } from './rename'

/** `sure` is false when nothing was heard in time: it may only be slow today. */
type Verdict = { modern: boolean; sure: boolean }

const answerWithinMs = 15_000
const unsureForMs = 60_000
const unsupportedRevision = -32022

const probe: JsonObject = {
  jsonrpc: '2.0',
  id: 1,
  method: 'server/discover',
  params: {
    _meta: {
      [metaKeys.protocolVersion]: modernRevisions[0],
      [metaKeys.clientCapabilities]: {},
      [metaKeys.clientInfo]: { name: 'sallyport-agent', version: '1' },
    },
  },
}

/** Finds out once which era a target speaks, and remembers it. */
export function createEra(spec: () => Promise<ChildSpec>): { isModern(): Promise<boolean> } {
  let verdict: Promise<Verdict> | null = null
  const ask = () => {
    const asked = spec().then(probeEra)
    verdict = asked
    const forget = () => {
      if (verdict === asked) verdict = null
    }
    asked.then(({ sure }) => sure || setTimeout(forget, unsureForMs).unref(), forget)
    return asked
  }
  return { isModern: async () => (await (verdict ?? ask())).modern }
}

/**
 * Asks a throw-away process which era it speaks (MCP 2026-07-28, stdio, backward compatibility): some servers of the legacy era
 * end when a request comes before `initialize`.
 */
function probeEra(spec: ChildSpec): Promise<Verdict> {
  return new Promise((resolve) => {
    const done = (verdict: Verdict) => {
      clearTimeout(timer)
      resolve(verdict)
      void child.stop()
    }
    const timer = setTimeout(() => done({ modern: false, sure: false }), answerWithinMs)
    const child = startChild(spec, {
      onLine: (line) => {
        const answer = readObject(line)
        if (answer?.id === 1 && answer.method === undefined) done({ modern: isModern(answer), sure: true })
      },
      onTooLong: () => done({ modern: false, sure: false }),
      onEnd: () => done({ modern: false, sure: true }),
    })
    child.send(JSON.stringify(probe))
  })
}

function isModern({ result, error }: JsonObject): boolean {
  if (isObject(result)) return Array.isArray(result.supportedVersions)
  return isObject(error) && error.code === unsupportedRevision
}
