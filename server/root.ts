import { join } from 'node:path'

/** The project's folder: one up both from here and from the bundle in `dist/`. */
export const root = join(import.meta.dirname, '..')
