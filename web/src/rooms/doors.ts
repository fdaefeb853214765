/** Keys that lead from room to room: the digits, in every room but a briefing, where a slip of the hand would end it. */
import { rooms } from '../lib/address'
import { address } from '../stores/address.svelte'
import { session } from '../stores/session.svelte'

/** Whether a key was typed into a field, where letters stay letters. */
export const typing = (event: KeyboardEvent) =>
  event.target instanceof HTMLElement &&
  event.target.closest(
    'input:not([type=range], [type=checkbox], [type=radio]), select, textarea',
  ) !== null

/** Goes to the room of a digit. */
export function openDoor(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
  if (typing(event) || document.querySelector('dialog[open]')) return
  if (address.now.room === 'present') return
  const room = rooms[Number(event.key) - 1]
  if (room && session.mayEnter(room)) {
    event.preventDefault()
    address.go({ room })
  }
}
