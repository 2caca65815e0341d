import { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { authOptions } from '../../../../server/auth'
import { codeOf } from '../../../../server/errors'
import { bodyOf } from '../../json'

type Parameters = { params: Promise<{ nextauth: string[] }> }

const bytesMax = 16_384

async function handler(request: NextRequest, context: Parameters): Promise<Response> {
  const [action] = (await context.params).nextauth
  // next-auth would let anyone write lines into our log there.
  if (action === '_log') return new Response(null, { status: 404 })
  try {
    return await NextAuth((await bounded(request)) as never, context as never, await authOptions())
  } catch (error) {
    if (codeOf(error) === 'invalid') return new Response(null, { status: 413 })
    if (codeOf(error) !== 'unavailable') throw error
    return issuerGone(request)
  }
}

/** next-auth reads whatever is sent, so what is sent must be small. */
async function bounded(request: NextRequest): Promise<NextRequest> {
  if (request.method !== 'POST') return request
  const { url, method, headers } = request
  return new NextRequest(url, { method, headers, body: new Uint8Array(await bodyOf(request, bytesMax)) })
}

/** To a person as the sign-in page, to a script as what next-auth itself would answer. */
function issuerGone(request: Request): Response {
  const url = '/sign-in?error=Unavailable'
  const wantsPage = request.headers.get('accept')?.includes('text/html') === true
  if (wantsPage) return new Response(null, { status: 303, headers: { location: url } })
  return Response.json({ url, message: 'the issuer does not answer; try again in a moment' }, { status: 503 })
}

export { handler as GET, handler as POST }
