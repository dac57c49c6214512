/** Proves that a call ends soon after an abort or a silence, whatever the other side does, and not before. */
import { expect, test, vi } from 'vitest';
import { AttemptAborted } from './abort.ts';
import { watchCall } from './watch-call.ts';

const NEVER = new Promise<never>(() => {});
const patience = { answerMs: 60, graceMs: 40 };
const calm = () => ({ signal: new AbortController().signal, patience });

test('settles as the call does', async () => {
  await expect(watchCall(calm(), 'The source', async () => 'done')).resolves.toBe('done');
  await expect(watchCall(calm(), 'The source', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('a silent call fails as a timeout that another attempt can mend', async () => {
  await expect(watchCall(calm(), 'The source', () => NEVER)).rejects.toMatchObject({
    failure: { code: 'timeout', retryable: true, message: expect.stringContaining('The source') },
  });
});

test('a call that shows life is left alone far beyond the limit of silence', async () => {
  const startedAtMs = performance.now();
  const result = await watchCall(calm(), 'The source', async (_, alive) => {
    while (performance.now() - startedAtMs < 3 * patience.answerMs) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      alive(60);
    }
    return 'slow';
  });
  expect(result).toBe('slow');
});

test('each sign says how long the next silence may be: longer, or shorter than the first', async () => {
  for (const [answerMs, silenceMs] of [
    [20, 150],
    [60_000, 150],
  ] as const) {
    const startedAtMs = performance.now();
    const call = watchCall({ ...calm(), patience: { answerMs, graceMs: 0 } }, 'The destination', (_, alive) => {
      alive(silenceMs);
      return NEVER;
    });
    await expect(call).rejects.toMatchObject({ failure: { code: 'timeout' } });
    expect(performance.now() - startedAtMs).toBeGreaterThan(silenceMs - 5);
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  }
});

test('a sign of life after an abort does not bring the call back', async () => {
  const controller = new AbortController();
  const call = watchCall({ signal: controller.signal, patience }, 'The source', (signal, alive) => {
    signal.addEventListener('abort', () => alive(1));
    return NEVER;
  });
  controller.abort(new AttemptAborted('pause'));
  await expect(call).rejects.toMatchObject({ abortReason: 'pause' });
});

test('an abort ends a call that does not listen after the grace, with the reason of the abort', async () => {
  const controller = new AbortController();
  const call = watchCall({ signal: controller.signal, patience }, 'The source', () => NEVER);
  controller.abort(new AttemptAborted('pause'));
  await expect(call).rejects.toMatchObject({ abortReason: 'pause' });
});

test('a call that throws on abort ends at once, and the reason of the abort is what is told', async () => {
  const controller = new AbortController();
  const longPatience = { answerMs: 60_000, graceMs: 60_000 };
  const call = watchCall(
    { signal: controller.signal, patience: longPatience },
    'The source',
    (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('socket torn down')))),
  );
  controller.abort(new AttemptAborted('cancel'));
  await expect(call).rejects.toMatchObject({ abortReason: 'cancel' });
});

test('a result that comes within the grace is not thrown away', async () => {
  const controller = new AbortController();
  const call = watchCall(
    { signal: controller.signal, patience: { answerMs: 60_000, graceMs: 60_000 } },
    'The destination',
    (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('was published'))),
  );
  controller.abort(new AttemptAborted('cancel'));
  await expect(call).resolves.toBe('was published');
});

test('does not begin a call after an abort', async () => {
  const call = vi.fn(async () => 'never');
  const signal = AbortSignal.abort(new AttemptAborted('shutdown'));
  await expect(watchCall({ signal, patience }, 'The source', call)).rejects.toMatchObject({ abortReason: 'shutdown' });
  expect(call).not.toHaveBeenCalled();
});
