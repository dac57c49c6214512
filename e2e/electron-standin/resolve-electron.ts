/**
 * Owns what must hold before anybody's code runs: `electron` means our module, and the command line looks as Electron
 * leaves it. Must not start anything. Preloaded by the launcher, before Playwright's own loader.
 */
import { registerHooks } from 'node:module';

const ours = new URL('./electron-module.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'electron' || specifier === 'electron/main') return { url: ours, shortCircuit: true };
    return next(specifier, context);
  },
});
