/**
 * Owns what an attempt of a move knows of its two ends: that they are two assets, seen by an earlier attempt or by this
 * one, and made durable before the first byte goes. Must not look at them (resolve-destination.ts does). Made by
 * worker.ts, used through the attempt.
 */
import { createWait } from './wait-for-house.ts';

export interface ApartNote {
  readonly isApart: boolean;
  /** Durable when it resolves: an attempt that is lost later recognises its own copy by it. */
  seen(): Promise<void>;
  /** The main process made it durable. */
  confirm(): void;
}

/** `tell` asks the main process to note it. */
export function createApartNote(isKnown: boolean, tell: () => void, signal: AbortSignal): ApartNote {
  const answer = createWait(signal);
  let isApart = isKnown;

  return {
    get isApart() {
      return isApart;
    },
    async seen() {
      if (isApart) return;
      await answer.after(tell);
      isApart = true;
    },
    confirm: answer.confirm,
  };
}
