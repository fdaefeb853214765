import type { LaunchOptions } from 'playwright-core'

export declare const chromiumOptions: LaunchOptions
export declare function serveDemo(options: {
  parcels: number
  seed: number
}): Promise<{ url: string; stop: () => Promise<void> }>
