import { endSignIn } from '../../../../server/auth'
import { json } from '../../json'

export const POST = json(async () => ({ next: await endSignIn() }))
