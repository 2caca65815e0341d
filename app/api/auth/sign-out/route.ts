import { endSignIn } from '../../../../server/auth'
import { json } from '../../json'

/** Also for whom the sign-in has ended already. */
export const POST = json(async () => ({ next: await endSignIn() }), { viewer: null })
