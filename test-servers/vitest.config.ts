/** Owns how the server suites run: one file at a time, with time for 200 MiB. Used by run-server-tests.ts only. */
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    include: ['src-main/**/*.servers.test.ts', 'test-servers/**/*.servers.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
