/** Proves that a destination that held nothing lately is not asked before each write, and loses nothing by it. */
import { hash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FailureError, failure } from '../../src-shared/model/failure.ts';
import type { Provider } from '../providers/provider.ts';
import { AttemptAborted } from './abort.ts';
import { type AbsenceGuess, createAbsenceGuess } from './absence-guess.ts';
import { KEY, memoryProvider, noting, put, type RequestName, type Stage, setStage } from './staged-attempt.ts';

let stage: Stage;
beforeEach(() => {
  stage = setStage();
});
afterEach(() => stage.tearDown());

const sha256 = (bytes: Uint8Array) => hash('sha256', bytes);
const md5 = (bytes: Uint8Array) => hash('md5', bytes);
const SMALL = randomBytes(16 * 1024);
const arrived = () => sha256(stage.destination.get(KEY)?.bytes ?? Buffer.alloc(0));

describe('a destination where nothing was found lately', () => {
  const nothing: AbsenceGuess = { isLikely: () => true, saw: () => undefined };
  const order = { sizeBytes: SMALL.length };

  test('is not asked before the write', async () => {
    put(stage.source, SMALL);
    const requests: RequestName[] = [];
    const destination = noting(await memoryProvider(), requests);
    expect(await stage.run({ destination, order, absence: nothing })).toMatchObject({ kind: 'completed' });
    expect(requests).toEqual(['write']);
  });

  test.each(['never', 'if-different'] as const)(
    'keeps its rule under "%s" when something is there',
    async (overwrite) => {
      put(stage.source, SMALL, { digests: { md5: md5(SMALL) } });
      put(stage.destination, SMALL, { digests: { md5: md5(SMALL) }, versionToken: 'theirs' });
      const saw = vi.fn<AbsenceGuess['saw']>();
      const report = await stage.run({ order, absence: { ...nothing, saw }, policies: { overwrite } });
      expect(report).toMatchObject({ kind: 'skipped', result: { destinationVersion: 'theirs' } });
      expect(saw.mock.calls[0]?.[1]).toBe(true);
    },
  );

  test('is not asked either where the destination could copy, but not under "never"', async () => {
    put(stage.source, SMALL);
    const requests: RequestName[] = [];
    const destination = {
      ...noting(await memoryProvider(), requests),
      copyFrom: vi.fn<NonNullable<Provider['copyFrom']>>(),
    };
    const report = await stage.run({ destination, order, absence: nothing, policies: { overwrite: 'never' } });
    expect(report).toMatchObject({ kind: 'completed' });
    expect(requests).toEqual(['write']);
    expect(destination.copyFrom).not.toHaveBeenCalled();
  });

  test('gets what differs replaced, with the bytes that were read already', async () => {
    put(stage.source, SMALL);
    put(stage.destination, Buffer.from('theirs'));
    const requests: RequestName[] = [];
    const source = noting(await memoryProvider(), requests);
    expect(await stage.run({ source, order, absence: nothing })).toMatchObject({ kind: 'completed' });
    expect(requests.filter((name) => name === 'open')).toHaveLength(1);
    expect(arrived()).toBe(sha256(SMALL));
  });

  test('keeps an equal asset that was there all the time, whatever ends the attempt after a write without an answer', async () => {
    put(stage.source, SMALL);
    put(stage.destination, SMALL, { versionToken: 'theirs' });
    const controller = new AbortController();
    const inner = await memoryProvider();
    let writes = 0;
    let opens = 0;
    const report = await stage.run({
      order,
      absence: nothing,
      signal: controller.signal,
      policies: { overwrite: 'never' },
      destination: {
        write: (...args) => {
          writes += 1;
          if (writes === 1) throw new FailureError(failure('network', 'the connection was reset'));
          return inner.write(...args);
        },
        open: (...args) => {
          opens += 1;
          // The first look recognises the bytes, the second is the proof.
          if (opens === 2) controller.abort(new AttemptAborted('cancel'));
          return inner.open(...args);
        },
      },
    });
    expect({ report, opens }).toEqual({ report: { kind: 'aborted', reason: 'cancel' }, opens: 2 });
    expect(arrived()).toBe(sha256(SMALL));
  });

  test('is believed after sixteen looks, and no more after one that found something', () => {
    const guess = createAbsenceGuess();
    const there = { accountKey: 'a', container: 'b', key: 'k' };
    for (let look = 0; look < 15; look += 1) guess.saw(there, false);
    expect(guess.isLikely(there)).toBe(false);
    guess.saw(there, false);
    expect(guess.isLikely(there)).toBe(true);
    expect(guess.isLikely({ ...there, container: 'c' })).toBe(false);
    guess.saw(there, true);
    expect(guess.isLikely(there)).toBe(false);
  });
});
