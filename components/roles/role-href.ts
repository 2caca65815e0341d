/** Where a rule stands on the page of roles; two roles may have rules of the same name. */
export const ruleAnchor = (role: string, rule: string): string => `rule-${role}/${rule}`

/** The page of roles, at a role or at one of its rules; in a large policy with that role alone, and whole. */
export const roleHref = (role: string, rule?: string): string =>
  `/roles?role=${encodeURIComponent(role)}#${rule === undefined ? `role-${role}` : ruleAnchor(role, rule)}`
