import { defineConfig } from 'vitest/config';

// Unit and conformance tests live beside the code they prove; real servers and the window have their own suites.
export default defineConfig({
  test: {
    include: ['src-*/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.servers.test.ts'],
    testTimeout: 20_000,
  },
});
