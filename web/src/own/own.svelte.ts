/** Whether the dialog of one's own account is open: the tools of the map and the commands lead to it. */

class Own {
  open = $state(false)
}

export const own = new Own()
