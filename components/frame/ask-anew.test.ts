import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { askAnew } from './ask-anew'

/** A query somebody looks at, whose answers are given by hand. */
function watched(client: QueryClient, queryKey: string[]) {
  const answers: ((value: string) => void)[] = []
  const queryFn = () => new Promise<string>((done) => answers.push(done))
  const observer = new QueryObserver(client, { queryKey, queryFn, retry: false })
  const stop = observer.subscribe(() => {})
  return { answers, shown: () => observer.getCurrentResult().data, stop }
}

const settled = () => new Promise((done) => setTimeout(done, 10))

test('a first answer that was on its way when something changed is not the last', async () => {
  const client = new QueryClient()
  const { answers, shown, stop } = watched(client, ['policy', 'check'])
  void askAnew(client, { queryKey: ['policy'] })
  answers[0]?.('before the change')
  await settled()
  expect(answers).toHaveLength(2)
  answers[1]?.('after it')
  await settled()
  expect(shown()).toBe('after it')
  expect(answers).toHaveLength(2)
  stop()
})

test('a first answer that many changes waited for is followed by one question, not by one for each', async () => {
  const client = new QueryClient()
  const { answers, stop } = watched(client, ['policy', 'check'])
  for (let change = 0; change < 3; change += 1) void askAnew(client, { queryKey: ['policy'] })
  answers[0]?.('before the changes')
  await settled()
  expect(answers).toHaveLength(2)
  stop()
})

test('what has an answer is asked once more, and nothing of another topic is', async () => {
  const client = new QueryClient()
  const [policy, reviews] = [watched(client, ['policy']), watched(client, ['reviews'])]
  for (const { answers } of [policy, reviews]) answers[0]?.('first')
  await settled()
  void askAnew(client, { queryKey: ['policy'] })
  await settled()
  expect(policy.answers).toHaveLength(2)
  expect(reviews.answers).toHaveLength(1)
  policy.stop()
  reviews.stop()
})
