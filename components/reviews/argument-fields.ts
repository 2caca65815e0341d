import type { Json, JsonObject } from '../../server/types'

/** One argument as a form holds it: texts only. `kind` says how it becomes a value again. */
export type ArgumentField = {
  name: string
  kind: 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'json'
  text: string
  /** Whether the call that was asked for has it. */
  given: boolean
  required: boolean
  choices: string[]
  about: string
}

type Property = { type?: unknown; enum?: unknown; description?: unknown; title?: unknown }

/** The fields of a form for `args`: what the call has, in its order, then whatever else the tool's JSON Schema names. */
export function fieldsOf(args: JsonObject, schema: JsonObject | null): ArgumentField[] {
  const properties = isObject(schema?.properties) ? schema.properties : {}
  const required = Array.isArray(schema?.required) ? schema.required : []
  const names = [...Object.keys(args), ...Object.keys(properties).filter((name) => !Object.hasOwn(args, name))]
  return names.map((name) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined
    const property = (isObject(known) ? known : {}) as Property
    const given = Object.hasOwn(args, name)
    const value = given ? args[name] : undefined
    const kind = kindOf(property, value)
    return {
      ...{ name, kind, given },
      text: value === undefined ? '' : kind === 'json' ? JSON.stringify(value, null, 2) : String(value),
      required: required.includes(name),
      choices: kind === 'choice' ? (property.enum as string[]) : [],
      about: typeof property.description === 'string' ? property.description : '',
    }
  })
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the schema says, unless the value at hand is something else. */
function kindOf({ type, enum: choices }: Property, value: Json | undefined): ArgumentField['kind'] {
  const isText = value === undefined || typeof value === 'string'
  if (Array.isArray(choices) && choices.every((choice) => typeof choice === 'string') && isText) return 'choice'
  if (type === 'string' && isText) return 'text'
  if ((type === 'number' || type === 'integer') && (value === undefined || typeof value === 'number')) return type
  if (type === 'boolean' && (value === undefined || typeof value === 'boolean')) return 'boolean'
  if (type !== undefined) return 'json'
  if (typeof value === 'string') return 'text'
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'json'
}

export type Read = { args: JsonObject } | { problems: Record<string, string> }

/** The arguments that a form stands for. What was not there and is left empty stays away. */
export function argumentsOf(fields: ArgumentField[]): Read {
  const problems: Record<string, string> = {}
  const entries: [string, Json][] = []
  for (const field of fields) {
    const empty = field.kind === 'text' || field.kind === 'choice' ? field.text === '' : field.text.trim() === ''
    if (empty && field.required) problems[field.name] = 'this must be there'
    else if (empty && !(field.given && field.kind === 'text')) continue
    else {
      const value = valueFrom(field)
      if (value === undefined) problems[field.name] = wrong[field.kind]
      else entries.push([field.name, value])
    }
  }
  return Object.keys(problems).length > 0 ? { problems } : { args: Object.fromEntries(entries) }
}

const wrong = {
  text: 'this is no text',
  choice: 'this is none of the choices',
  number: 'this is no number',
  integer: 'this is no whole number',
  boolean: 'say `true` or `false`',
  json: 'this is not JSON',
} satisfies Record<ArgumentField['kind'], string>

function valueFrom({ kind, text, choices }: ArgumentField): Json | undefined {
  switch (kind) {
    case 'text':
      return text
    case 'choice':
      return choices.includes(text) ? text : undefined
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'number':
    case 'integer': {
      const value = Number(text)
      if (!Number.isFinite(value) || (kind === 'integer' && !Number.isSafeInteger(value))) return undefined
      return value
    }
    case 'json':
      try {
        return JSON.parse(text) as Json
      } catch {
        return undefined
      }
  }
}
