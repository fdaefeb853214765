import { afterEach, expect, it, vi } from 'vitest'
import { fetchAgain } from '../../src/lib/again'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** Answers as told, one after the other; an error is thrown. */
function network(online: boolean, ...answers: (Response | Error)[]) {
  const asked = vi.fn(() => {
    const answer = answers.shift()
    return answer instanceof Response
      ? Promise.resolve(answer)
      : Promise.reject(answer ?? new Error())
  })
  vi.stubGlobal('fetch', asked)
  vi.stubGlobal('navigator', { onLine: online })
  return asked
}
const lost = () => new TypeError('Failed to fetch')

it('a question that got lost is asked once more', async () => {
  const asked = network(true, lost(), new Response('42'))
  expect(await (await fetchAgain('/api/v1/summary', {})).text()).toBe('42')
  expect(asked).toHaveBeenCalledTimes(2)
})

it('a question that got lost twice is told as lost', async () => {
  const asked = network(true, lost(), lost(), new Response('42'))
  await expect(fetchAgain('/api/v1/summary', {})).rejects.toThrow('Failed to fetch')
  expect(asked).toHaveBeenCalledTimes(2)
})

it('nothing is asked again without a network, of what was called off, or of what may have been heard', async () => {
  const quick: [boolean, Error, RequestInit][] = [
    [false, lost(), {}],
    [true, new DOMException('called off', 'AbortError'), {}],
    [true, lost(), { method: 'POST' }],
  ]
  for (const [online, error, init] of quick) {
    const asked = network(online, error, new Response('42'))
    await expect(fetchAgain('/api/v1/events', init)).rejects.toBe(error)
    expect(asked).toHaveBeenCalledTimes(1)
  }
})
