/**
 * Owns how the three bundles are built: main (and what it starts) as ES modules, the sandboxed preload as CommonJS, the
 * renderer for the window and for any current browser. Called by `electron-vite build`.
 */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const at = (path: string): string => resolve(import.meta.dirname, path);

/** Files that are started by name, each a file of that name in out/main. */
const MAIN_ENTRIES = {
  main: at('src-main/main.ts'),
  headless: at('src-main/headless.ts'),
  cli: at('src-main/cli.ts'),
  worker: at('src-main/worker/worker-entry.ts'),
  'plan-thread': at('src-main/plan/plan-thread.ts'),
  'history-thread': at('src-main/store/sqlite/history-thread.ts'),
};

export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      sourcemap: false,
      rolldownOptions: {
        input: MAIN_ENTRIES,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      sourcemap: false,
      // A sandboxed preload can require nothing but electron itself.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: at('src-preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      sourcemap: false,
      minify: true,
      // The headless door shows the same bundle in whatever browser is there.
      target: 'es2022',
      // The content security policy allows no inline script and no data: fonts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: at('src-renderer/index.html') },
    },
  },
});
