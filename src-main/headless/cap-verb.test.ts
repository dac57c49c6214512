/** Proves that the verb shows and sets caps of the house and of a queue, and keeps the hours that were set before. */
import { expect, test } from 'vitest';
import type { BandwidthCap } from '../../src-shared/model/bandwidth-cap.ts';
import type { Call } from './call-house.ts';
import { CAP } from './cap-verb.ts';
import type { VerbInput } from './verb.ts';

const NIGHTS = { timeZone: 'UTC', windows: [{ days: [1] as const, fromMinute: 0, toMinute: 360 }] };

async function run(words: readonly string[], flags: VerbInput['flags'], kept: BandwidthCap | null) {
  const asked: { readonly command: string; readonly params: unknown }[] = [];
  const call = (async (command: string, params: unknown) => {
    asked.push({ command, params });
    return { bandwidthCap: kept, queues: [{ name: 'video', bandwidthCap: kept }] };
  }) as unknown as Call;
  const { lines } = await CAP.run(call, { words, flags } as VerbInput);
  return { lines, change: asked[1] ?? null };
}

test('without a figure it only shows what holds', async () => {
  expect(await run([], {}, null)).toEqual({ lines: ['Everything: no cap'], change: null });
  const shown = await run([], { queue: 'video' }, { bytesPerSecond: 2_500_000, hours: NIGHTS });
  expect(shown).toEqual({ lines: ['Queue video: at most 2.5 MB a second, in some hours'], change: null });
});

test('a figure is set for the house, or for a queue with the hours it had; none lifts it', async () => {
  expect((await run(['0.5'], {}, null)).change).toEqual({
    command: 'settings.update',
    params: { bandwidthCap: { bytesPerSecond: 500_000, hours: null } },
  });
  expect((await run(['3'], { queue: 'video' }, { bytesPerSecond: 1, hours: NIGHTS })).change).toEqual({
    command: 'queue.update',
    params: { queue: 'video', bandwidthCap: { bytesPerSecond: 3_000_000, hours: NIGHTS } },
  });
  expect((await run(['none'], {}, { bytesPerSecond: 1, hours: null })).change?.params).toEqual({ bandwidthCap: null });
});

test('what is no figure, and a queue that is not there, are refused', async () => {
  await expect(run(['fast'], {}, null)).rejects.toMatchObject({ failure: { code: 'invalid-input' } });
  await expect(run(['1'], { queue: 'audio' }, null)).rejects.toMatchObject({ failure: { code: 'not-found' } });
});
