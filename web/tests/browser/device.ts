/** A device that shows codes (RFC 6238), as people hold one beside the page. */
import { createHmac } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'

const STEP = 30_000
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** What is left of a step for a code of the one before it to arrive, be it on a busy machine. */
const ROOM = 15_000

/**
 * The codes of a secret, each once: the server takes those of one step before and after. Begins a step behind where there
 * is room, so that three can be shown at once; a code that is not taken yet is waited for.
 */
export function device(secret: string) {
  const bits = [...secret].map((one) => LETTERS.indexOf(one).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
  let last = 0
  return async () => {
    const now = Date.now()
    last = Math.max(last + 1, Math.floor((now + ROOM) / STEP) - 1)
    await setTimeout(Math.max(0, (last - 1) * STEP - now))
    const counter = Buffer.alloc(8)
    counter.writeBigUInt64BE(BigInt(last))
    const hash = createHmac('sha1', key).update(counter).digest()
    const offset = (hash.at(-1) ?? 0) & 15
    return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1e6).padStart(6, '0')
  }
}
