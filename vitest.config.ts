import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    maxWorkers: 3,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/sealed.ts'],
  },
});
