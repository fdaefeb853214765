import type { LaunchOptions } from 'playwright-core'

export interface DemoOptions {
  parcels: number
  seed: number
  accounts?: { name: string; fullName: string; role: string; unit?: string; password?: string }[]
  options?: string[]
  time?: Date
}

export declare const chromiumOptions: LaunchOptions
export declare const plainOptions: LaunchOptions
export declare const pictureTime: Date
export declare const pictureZone: string
export declare function serveStore(
  store: string,
  options?: string[],
  time?: Date,
): Promise<{ url: string; stop: () => Promise<void> }>
export declare function serveDemo(
  options: DemoOptions,
): Promise<{ url: string; stop: () => Promise<void> }>
