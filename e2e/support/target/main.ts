// `tsx e2e/support/target/main.ts [--port N | --stdio]`: the conformance target as a program of its own.
import { parseArgs } from 'node:util'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { serveTarget } from './http'
import { makeServer, noHooks } from './server'

const { values } = parseArgs({ options: { port: { type: 'string' }, stdio: { type: 'boolean' } } })

if (values.stdio) serveStdio(() => makeServer(noHooks))
else serveTarget(Number(values.port ?? 0)).then(({ url }) => process.stdout.write(`${url}\n`))
