import { defineConfig } from 'vitest/config';

// Unit and conformance tests live beside the code they prove; real servers and the window have their own suites.
export default defineConfig({
  test: {
    include: [
      'src-*/**/*.test.{ts,tsx}',
      'scripts/**/*.test.ts',
      'bench/**/*.test.ts',
      'e2e/**/*.test.ts',
      'test-servers/**/*.test.ts',
      'test-trust/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/*.servers.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // On a machine that is busy a condition takes its time; one that never comes is told all the same.
    expect: { poll: { timeout: 15_000 } },
    // Or the schema's tools and the test would each load a graphql of their own, by different conditions.
    server: { deps: { inline: [/graphql/] } },
  },
});
