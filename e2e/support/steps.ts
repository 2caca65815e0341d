import type { Page } from '@playwright/test'

type Line = { resource: string }

/** Opens the last step of that name in the session that the page shows: of a long list only a few rows are there to be clicked. */
export async function openStep(page: Page, name: string): Promise<void> {
  await page.waitForURL(/\/sessions\/[0-9a-f-]{36}/)
  const id = new URL(page.url()).pathname.split('/').at(-1)
  const lines: Line[] = []
  for (;;) {
    const answer = await page.request.get(`/api/sessions/${id}/steps?limit=500&offset=${lines.length}`)
    const { total, steps } = (await answer.json()) as { total: number; steps: Line[] }
    lines.push(...steps)
    if (steps.length === 0 || lines.length >= total) break
  }
  const last = lines.findLastIndex(({ resource }) => resource === name)
  if (last < 0) throw new Error(`no step is called ${name}`)
  await page.goto(`/sessions/${id}?step=${last + 1}`)
}
