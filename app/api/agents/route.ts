import { createAgent } from '../../../server/agents/create-agent'
import { listAgents } from '../../../server/agents/list-agents'
import { viewerContext } from '../../../server/auth'
import { json } from '../json'

export const GET = json(async () => listAgents(await viewerContext()))

export const POST = json(async (request) => createAgent(await viewerContext(), await request.json()))
