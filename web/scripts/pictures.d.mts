import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { DemoOptions } from './served.mjs'

export type Size = 'desktop' | 'wall' | 'phone'
export type Theme = 'light' | 'dark'
export type PicturedRoom = 'map' | 'present' | 'data' | 'board' | 'update' | 'import' | 'keep'

export declare const folder: string
export declare const province: DemoOptions
export declare const sizes: Record<Size, BrowserContextOptions>
export declare const themes: readonly Theme[]
export declare const rooms: Record<
  PicturedRoom,
  { query: string; content: string; mapped: readonly Size[] }
>
export declare function pictureName(scene: string, theme: Theme, size: Size): string
export declare function openPage(
  browser: Browser,
  size: Size,
  options?: BrowserContextOptions,
): Promise<Page>
export declare function dress(page: Page, theme: Theme): Promise<void>
export declare function still(page: Page, mapped: boolean): Promise<void>
export declare function enter(
  page: Page,
  url: string,
  room: PicturedRoom,
  size: Size,
): Promise<void>
export declare function picture(page: Page): Promise<Buffer>
