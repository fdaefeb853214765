import type { LaunchOptions } from 'playwright-core'

export interface DemoOptions {
  parcels: number
  seed: number
  accounts?: { name: string; fullName: string; role: string; password: string }[]
  options?: string[]
}

export declare const chromiumOptions: LaunchOptions
export declare function serveStore(
  store: string,
  options?: string[],
): Promise<{ url: string; stop: () => Promise<void> }>
export declare function serveDemo(
  options: DemoOptions,
): Promise<{ url: string; stop: () => Promise<void> }>
