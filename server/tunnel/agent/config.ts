import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { TargetName } from '../frames'

const prefix = z.string().default('')

/** Where a value comes from. What is read from elsewhere is a secret; plain text is not, unless it is a header. */
export const Source = z.union([
  z.string(),
  z.strictObject({ env: z.string().min(1), prefix }),
  z.strictObject({ file: z.string().min(1), prefix }),
  z.strictObject({ command: z.array(z.string()).min(1), prefix }),
])
export type Source = z.infer<typeof Source>

const HttpTarget = z.strictObject({
  name: TargetName,
  type: z.literal('http'),
  url: z.url({ protocol: /^https?$/ }),
  headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'not a header name'), Source).default({}),
  /** How long a target may take for an answer. Without it whoever waits decides. */
  timeoutSeconds: z.number().positive().max(86_400).optional(),
})
export type HttpTarget = z.infer<typeof HttpTarget>

const StdioTarget = z.strictObject({
  name: TargetName,
  type: z.literal('stdio'),
  /** Program and arguments, run as they stand here, without a shell. */
  command: z.array(z.string()).min(1),
  cwd: z.string().optional(),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of a variable'), Source).default({}),
  /** A process that nobody uses for so long ends. */
  idleMinutes: z.number().positive().max(10_080).default(30),
  maxProcesses: z.int().min(1).max(1000).default(20),
  /** Of a process and all that it started; one that uses more is killed. */
  memoryMb: z.number().positive().default(1024),
  timeoutSeconds: z.number().positive().max(86_400).optional(),
})
export type StdioTarget = z.infer<typeof StdioTarget>

export type TargetConfig = HttpTarget | StdioTarget

const Config = z.strictObject({
  /** Where to dial; what enrolling wrote down unless it is given. */
  gateway: z.url({ protocol: /^https?$/ }).optional(),
  /** Allows `http:` to a gateway that is not on this machine. */
  insecure: z.boolean().default(false),
  targets: z
    .array(z.discriminatedUnion('type', [HttpTarget, StdioTarget]))
    .max(500)
    .default([])
    .refine((targets) => new Set(targets.map(({ name }) => name)).size === targets.length, 'two targets share a name'),
})
export type Config = z.infer<typeof Config>

/** Reads agent.yaml. Throws an Error with every problem, by its place; a value is never quoted. */
export function readConfig(path: string): Config {
  const config = Config.safeParse(parsed(path))
  if (config.success) return config.data
  const lines = config.error.issues.map((issue) => `  ${issue.path.join('.') || 'the file'}: ${issue.message}`)
  throw new Error(`\`${path}\` is not usable:\n${lines.join('\n')}`)
}

function parsed(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'), { prettyErrors: false }) ?? {}
  } catch (error) {
    const { code } = error as { code?: string }
    throw new Error(`\`${path}\` cannot be read${code === undefined ? '' : ` (${code})`}; it must be YAML`)
  }
}
