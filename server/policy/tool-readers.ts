import type { CompiledPolicy } from './compile'

/** Allow rules about a connection that read `tool`, as `role/rule`: they match only where tools are pinned strictly. */
export const toolReaders = (policy: CompiledPolicy, connection: string): string[] =>
  policy.roles
    .flatMap((role) => role.rulesOn(connection))
    .filter(({ effect, condition }) => effect === 'allow' && condition?.reads('tool') === true)
    .map(({ role, rule }) => `${role}/${rule.id}`)
