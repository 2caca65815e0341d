import type { LiveConnection } from '../connections/current'
import { noteTools } from '../connections/note-tools'
import { type Observed, restMs } from '../connections/quarantine-tools'
import { runtime } from '../runtime'

type Listed = Pick<LiveConnection, 'id' | 'name' | 'targetHash'>

const onTheirWay = new Map<string, News>()

/** Brings what lists of a connection described otherwise to administrators, and does not let go of it before it is there. */
export function tellNews(connection: Listed, observed: Observed[]): void {
  const key = `${connection.id} ${connection.targetHash}`
  const news = onTheirWay.get(key) ?? new News(connection, () => onTheirWay.delete(key))
  onTheirWay.set(key, news)
  news.add(observed)
}

/** Of each tool the newest description; one write at a time, so that a target that changes in every list takes no more of the database. */
class News {
  readonly #connection: Listed
  readonly #onOver: () => void
  readonly #fresh = new Map<string, Observed>()
  /** What was kept otherwise just now, or could not be kept. */
  readonly #resting = new Map<string, Observed>()
  #isWriting = false
  #isWaiting = false
  /** After a failure: what one tool is must not keep the others from administrators. */
  #isOneByOne = false

  constructor({ id, name, targetHash }: Listed, onOver: () => void) {
    this.#connection = { id, name, targetHash }
    this.#onOver = onOver
  }

  add(observed: Observed[]): void {
    for (const tool of observed) {
      const where = this.#resting.has(tool.name) ? this.#resting : this.#fresh
      where.set(tool.name, tool)
    }
    if (!this.#isWriting) void this.#write()
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    while (this.#fresh.size > 0) {
      const all = [...this.#fresh.values()]
      this.#fresh.clear()
      const groups = this.#isOneByOne ? all.map((tool) => [tool]) : [all]
      for (const group of groups) for (const tool of await this.#left(group)) this.#resting.set(tool.name, tool)
    }
    this.#isWriting = false
    if (this.#resting.size === 0) this.#onOver()
    else if (!this.#isWaiting) setTimeout(() => this.#again(), restMs).unref()
    this.#isWaiting = this.#resting.size > 0
  }

  /** What of a group is not kept yet. */
  async #left(group: Observed[]): Promise<Observed[]> {
    const { db, log } = runtime()
    try {
      return await noteTools(db, this.#connection, group)
    } catch (error) {
      this.#isOneByOne = true
      log.error(
        { err: error, connection: this.#connection.name },
        'tools that changed could not be kept for administrators',
      )
      return group
    }
  }

  #again(): void {
    this.#isWaiting = false
    const rested = [...this.#resting.values()]
    this.#resting.clear()
    this.add(rested)
  }
}
