import { buildAgent } from '../build-agent'

process.stdout.write(`${await buildAgent(process.argv[2])}\n`)
