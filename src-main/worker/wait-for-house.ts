/**
 * Owns an attempt's wait until the main process made something durable. Must not know what it is. Used by the notes of an
 * attempt.
 */
export interface Wait {
  /** Tells, and resolves when that was confirmed. Rejects with the reason of an abort. */
  after(tell: () => void): Promise<void>;
  confirm(): void;
}

export function createWait(signal: AbortSignal): Wait {
  let confirmed = Promise.withResolvers<void>();

  return {
    async after(tell) {
      signal.throwIfAborted();
      confirmed = Promise.withResolvers<void>();
      const stop = (): void => confirmed.reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      try {
        tell();
        await confirmed.promise;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    confirm() {
      confirmed.resolve();
    },
  };
}
