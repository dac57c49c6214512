/**
 * Owns finding the channel that the preload exposes in the desktop window. Must not know messages.
 * Called by connect.ts.
 */
import type { Channel } from '../../src-shared/contract/channel.ts';

declare global {
  interface Window {
    /** Only in the desktop window; see src-preload/preload.ts. */
    readonly transship?: Channel;
  }
}

/** null in a browser. */
export function electronChannel(): Channel | null {
  return window.transship ?? null;
}
