/**
 * Owns the way out: windows say goodbye, the house stops, then the process ends, in bounded time. Must not decide what
 * stopping means (the house does). Called by main.ts before the app is ready.
 */
import { app } from 'electron';
import type { Clock } from '../ports.ts';

/** The house promises 5 s, 10 s when workers must be killed; past that nothing good is still to come. */
const HARD_STOP_MS = 10_000;

export interface Farewell {
  /** What a person sees or keeps: at once. */
  goodbye(): void;
  /** What takes time. */
  stop(): Promise<void>;
}

/** Whatever asks the app to quit (menu, last window, signal) goes through here once; a second signal ends it at once. */
export function quitInOrder(farewell: Farewell, clock: Clock): void {
  let leaving = false;
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (leaving) return;
    leaving = true;
    const forget = clock.after(HARD_STOP_MS, () => app.exit(1));
    farewell.goodbye();
    farewell.stop().then(
      () => {
        forget();
        app.exit(0);
      },
      () => app.exit(1),
    );
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => (leaving ? app.exit(1) : app.quit()));
  }
}
