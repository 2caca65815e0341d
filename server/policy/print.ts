import { parse } from 'yaml'
import type { PolicyDocument as Document, JsonObject } from '../types'
import { PolicyDocument, parsePolicy } from './document'

/** Canonical text for people: the same document always prints the same, and reads back as itself. */
export const printPolicy = (document: Document): string => printYaml(PolicyDocument.parse(document))

/** The form that versions are stored in: JSON, because reading YAML takes seconds for ten thousand rules. */
export const storedPolicy = (document: Document): string => JSON.stringify(PolicyDocument.parse(document), null, 2)

/** The masks of a stored document, without reading the rest of it where that can be helped. */
export function masksOf(text: string): Document['masks'] {
  const start = text.startsWith('{') ? -1 : text.indexOf('\nmasks:')
  if (start === -1) {
    const read = parsePolicy(text)
    return read.ok ? read.document.masks : []
  }
  const { masks } = parse(text.slice(start)) as { masks?: unknown }
  const found = PolicyDocument.shape.masks.safeParse(masks)
  return found.success ? found.data : []
}

/**
 * The canonical YAML of a document: the same document always prints the same, and reads back as itself. Written by hand,
 * because a general printer takes seconds for ten thousand rules.
 */
function printYaml({ roles, masks }: Document): string {
  const lines = [
    ...section('roles', roles.length),
    ...roles.flatMap(({ name, description, members, rules }) => [
      `  - name: ${text(name)}`,
      `    description: ${text(description)}`,
      ...section('    members', members.length),
      ...members.map((member) =>
        member === 'everyone' ? '      - everyone' : `      - ${flow({ claim: member.claim, value: member.value })}`,
      ),
      ...section('    rules', rules.length),
      ...rules.flatMap(({ id, effect, connections, actions, resources, when, review }) => [
        `      - id: ${text(id)}`,
        `        effect: ${effect}`,
        `        connections: ${list(connections)}`,
        `        actions: ${list(actions)}`,
        `        resources: ${list(resources)}`,
        ...(when === null ? [] : [`        when: ${text(when, '          ')}`]),
        ...(review === null
          ? []
          : [
              '        review:',
              ...section('          approvers', review.approvers.length),
              ...review.approvers.map((member) =>
                member === 'everyone' ? '            - everyone' : `            - ${flow({ ...member })}`,
              ),
              `          approvals: ${review.approvals}`,
              `          scope: ${review.scope}`,
              `          maxMinutes: ${review.maxMinutes}`,
              `          expiresMinutes: ${review.expiresMinutes}`,
              `          reason: ${review.reason}`,
              ...(review.breakGlass === true ? ['          breakGlass: true'] : []),
            ]),
      ]),
    ]),
    ...section('masks', masks.length),
    ...masks.flatMap(({ id, connections, resources, fields, detectors, style, except }) => [
      `  - id: ${text(id)}`,
      `    connections: ${list(connections)}`,
      `    resources: ${list(resources)}`,
      `    fields: ${list(fields)}`,
      `    detectors: ${list(detectors)}`,
      `    style: ${text(style)}`,
      `    except: ${list(except)}`,
    ]),
  ]
  return `${lines.join('\n')}\n`
}

const section = (key: string, length: number): string[] => [length === 0 ? `${key}: []` : `${key}:`]

const list = (items: string[]): string => `[${items.map((item) => text(item)).join(', ')}]`

const flow = (pairs: JsonObject): string =>
  `{ ${Object.entries(pairs)
    .map(([key, value]) => `${key}: ${text(String(value))}`)
    .join(', ')} }`

// Words that YAML 1.2 (and readers of 1.1) take for something else than a text.
const reserved = /^(?:null|true|false|yes|no|on|off|y|n|~)$/i
const isPlain = (value: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*$/.test(value) && value.length <= 200 && !reserved.test(value)
const isBlock = (value: string): boolean => /^[!-~](?:[ -~]*[!-~])?(?:\n[ -~]*[!-~])+$/.test(value)

/** Plain where nothing can be misread, a block where it has lines and a place for them, else in quotes. */
function text(value: string, indent: string | null = null): string {
  if (isPlain(value)) return value
  if (indent !== null && isBlock(value)) return `|-\n${value.replace(/^/gm, indent)}`
  if (/^[ -~]+$/.test(value) && /["\\]/.test(value) && !value.includes("'")) return `'${value}'`
  // JSON leaves these as they are, and YAML takes them for no part of a text.
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
