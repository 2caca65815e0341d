/** One of the people that anyone may be in local mode. `does` is what the sign-in page says of them. */
export type LocalPerson = { id: string; email: string; groups: string[]; does: string }

export const localPeople: LocalPerson[] = [
  { id: 'alice', email: 'alice@example.com', groups: ['support'], does: 'calls tools through her AI client' },
  { id: 'bob', email: 'bob@example.com', groups: ['support-leads'], does: 'approves what support asks for' },
  { id: 'carol', email: 'carol@example.com', groups: ['admins'], does: 'sets up connections and roles' },
  { id: 'dave', email: 'dave@example.com', groups: ['auditors'], does: 'reads the whole record' },
  { id: 'erin', email: 'erin@example.com', groups: [], does: 'is in no group and may call nothing' },
]

export const localPerson = (id: unknown): LocalPerson | null => localPeople.find((person) => person.id === id) ?? null

/** The claims that tokens and userinfo carry about a person. */
export const claimsOf = ({ id, email, groups }: LocalPerson) => ({ name: id, email, email_verified: true, groups })
