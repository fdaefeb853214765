import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** Files of which some pages draw maps. */
const drawn = [
  'access',
  'conditions',
  'figures',
  'focus',
  'fronts',
  'going',
  'imports',
  'links',
  'live',
  'looks',
  'maps',
  'narrow',
  'patches',
  'phone',
  'seams',
  'servers',
  'tools',
  'unknown',
].map((name) => `tests/browser/${name}.test.ts`)

const shared: TestProjectInlineConfiguration['test'] = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // What is waited for comes when a busy machine gets to it; a second, the usual time, is none.
  expect: { poll: { timeout: 20_000 } },
  // A browser beside a server is late now and then: a second run decides, and the report tells which tests needed it.
  retry: 1,
  // Files of a worker share its modules, and with them its browsers: starting both again for each takes a second and a half.
  isolate: false,
}

export default defineConfig({
  test: {
    // Here and not in what projects share: they would each make a store and a server of their own.
    globalSetup: ['tests/browser/setup.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'plain',
          include: ['tests/browser/**/*.test.ts'],
          exclude: drawn,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'drawn',
          include: drawn,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
