import {
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type LogFn,
  type Logger,
  type LoggerOptions,
  pino,
} from 'pino'

const secretKey = /authorization|cookie|token|secret|password|credential|api[-_]?key/i
const depthMax = 6
const textMax = 100_000

/** JSON lines on stdout (or `destination`), without the values of fields that are named like secrets. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const fields = (given: object) => clean(given, 0) as Record<string, unknown>
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: fields },
    serializers: { err: (error) => error },
    hooks: { logMethod: cleanTexts },
  }
  const log = destination === undefined ? pino(options) : pino(options, destination)
  // Children inherit this by prototype; pino gives them no formatter for what they are bound to.
  const { child } = log
  Object.assign(log, {
    child(this: Logger, bound: Bindings, settings?: ChildLoggerOptions) {
      return Reflect.apply(child, this, [fields(bound), settings])
    },
  })
  return log
}

/** What libraries print becomes lines of `log`: Next prints whole errors, and those of a statement quote its values. */
export function takeConsole(log: Logger): void {
  const say =
    (level: 'info' | 'warn' | 'error') =>
    (...args: unknown[]): void => {
      const err = args.find((arg) => arg instanceof Error)
      const more = args.filter((arg) => typeof arg === 'object' && arg !== err)
      const said = args.filter((arg) => typeof arg !== 'object').join(' ')
      const text = said.split('\nparams:')[0]?.replace(/^[^\w]+/, '') || 'an error was printed'
      log[level]({ ...(err === undefined ? {} : { err }), ...(more.length === 0 ? {} : { more }) }, text)
    }
  const [info, warn, error] = [say('info'), say('warn'), say('error')]
  Object.assign(console, { log: info, info, debug: info, warn, error })
}

// Without a message pino takes the error's own, which may quote arguments.
function cleanTexts(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, ...rest] = args as unknown[]
  const error = first instanceof Error ? first : (first as { err?: unknown } | null)?.err
  const given = first instanceof Error ? { err: first } : first
  const texts = rest.length === 0 && error instanceof Error ? [messageOf(error)] : rest
  method.apply(this, [given, ...texts].map((arg) => (typeof arg === 'string' ? withoutTokens(arg) : arg)) as never)
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return withoutTokens(value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth >= depthMax) return '[deep]'
  if (value instanceof Error) return errorFields(value, depth)
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => clean(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      secretKey.test(key) && item !== null && item !== undefined ? '[hidden]' : clean(item, depth + 1),
    ]),
  )
}

// Only these fields: a database error's `detail` quotes rows, and drizzle's `params` and message quote arguments.
function errorFields(error: Error, depth: number): object {
  const { code, cause } = error as Error & { code?: unknown }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    type: error.name,
    message: messageOf(error),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: frames.join('\n'),
    ...(cause === undefined ? {} : { cause: clean(cause, depth + 1) }),
  }
}

const messageOf = (error: Error): string => withoutTokens(error.message.split('\nparams:')[0] ?? '')

// RFC 6750 bearer tokens, JWTs, and passwords in URLs, wherever in a text they stand.
const withoutTokens = (text: string): string =>
  text
    .slice(0, textMax)
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 [hidden]')
    .replace(/\beyJ[\w-]+(\.[\w-]+){1,4}/g, '[hidden]')
    .replace(/(\/\/[^\s:/@]*:)[^\s/@]+@/g, '$1[hidden]@')
