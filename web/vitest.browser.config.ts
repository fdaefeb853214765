import { defineConfig } from 'vitest/config'

/** Files of which some pages draw maps. */
const drawn = [
  'access',
  'conditions',
  'figures',
  'focus',
  'fronts',
  'imports',
  'links',
  'live',
  'looks',
  'narrow',
  'phone',
  'rooms',
  'seams',
  'tools',
  'unknown',
  'ways',
].map((name) => `tests/browser/${name}.test.ts`)

export default defineConfig({
  test: {
    globalSetup: ['tests/browser/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A browser beside a server is late now and then: a second run decides, and the report tells which tests needed it.
    retry: 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'plain',
          include: ['tests/browser/**/*.test.ts'],
          exclude: drawn,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'drawn',
          include: drawn,
          // A browser that draws without a graphics card keeps two processors busy: two at once are late.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
