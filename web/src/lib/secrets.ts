/** What the server asks of passwords; it decides, this tells before it is asked. */

/** The least number of characters. */
export const LEAST = 12

/** The most. */
export const MOST = 200
