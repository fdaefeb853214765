import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/browser/**/*.test.ts'],
    globalSetup: ['tests/browser/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One browser that draws without a graphics card keeps two processors busy: two at once are late.
    fileParallelism: false,
    // A browser that draws without a graphics card beside a server is late now and then: a second run decides, and
    // the report tells which tests needed it.
    retry: 1,
  },
})
