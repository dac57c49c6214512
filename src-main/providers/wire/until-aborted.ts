/**
 * Owns leaving a wait that others share. Must not end the work itself. Called by providers whose connections or keys
 * serve many requests.
 */

/** What the promise gives, or the reason of the abort as soon as it comes; then nobody waits for the promise. */
export function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise<Value>((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
