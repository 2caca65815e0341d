import { routeDoor } from '../../../server/gateway/doors'

export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

/** The second door; the first, ten times cheaper a call, is the fast lane in server/main.ts. */
async function door(request: Request, { params }: { params: Promise<{ connection: string }> }): Promise<Response> {
  return routeDoor(request, (await params).connection)
}

export { door as DELETE, door as GET, door as POST }
