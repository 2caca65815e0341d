import NextAuth from 'next-auth'
import { authOptions } from '../../../../server/auth'
import { codeOf } from '../../../../server/errors'

type Parameters = { params: Promise<{ nextauth: string[] }> }

async function handler(request: Request, context: Parameters): Promise<Response> {
  try {
    return await NextAuth(request as never, context as never, await authOptions())
  } catch (error) {
    if (codeOf(error) !== 'unavailable') throw error
    return issuerGone(request)
  }
}

/** To a person as the sign-in page, to a script as what next-auth itself would answer. */
function issuerGone(request: Request): Response {
  const url = '/sign-in?error=Unavailable'
  const wantsPage = request.headers.get('accept')?.includes('text/html') === true
  if (wantsPage) return new Response(null, { status: 303, headers: { location: url } })
  return Response.json({ url, message: 'the issuer does not answer; try again in a moment' }, { status: 503 })
}

export { handler as GET, handler as POST }
