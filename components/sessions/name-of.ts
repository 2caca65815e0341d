import type { StepRow } from '../../server/sessions/schemas'

const ofServer = /\/list$|^(GET|initialize|ping|server|notifications|logging|subscriptions)\b/

/** What was called; a step that speaks of the server itself is known by what it does. */
export const nameOf = ({ action, resource }: Pick<StepRow, 'action' | 'resource'>): string => {
  if (action === 'GET') return 'listening'
  return resource !== '' && !ofServer.test(action) ? resource : action
}
