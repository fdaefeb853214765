/** Two servers on one fresh demo store in a database of its own. */
export function serveTwice(options: {
  parcels: number
  seed: number
}): Promise<{ urls: [string, string]; stop: () => Promise<void> }>
