/** Proves that one listing answers for many keys, and that nobody is told of an absence that was not seen. */
import { expect, test, vi } from 'vitest';
import type { KeyPage, Provider } from '../providers/provider.ts';
import { createAbsenceGuess } from './absence-guess.ts';
import { createAbsenceSurvey } from './absence-survey.ts';
import { KEY, memoryProvider, put, setStage } from './staged-attempt.ts';

const watch = { signal: new AbortController().signal, patience: { answerMs: 5_000, graceMs: 10 } };

/** A bucket of these keys, in pages, and a survey of it whose clock the test moves. */
async function surveyed(there: readonly string[], pageKeys = 1_000) {
  const keysAfter = vi.fn(async (_container: string, after: string): Promise<KeyPage> => {
    const behind = there.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
    return { keys: behind.slice(0, pageKeys), isEnd: behind.length <= pageKeys };
  });
  const clock = { nowMs: 0 };
  const survey = createAbsenceSurvey(() => clock.nowMs);
  const destination = await memoryProvider({ keysAfter });
  const isAbsent = (key: string) => survey.isAbsent(destination, { accountKey: 'a', container: 'b', key }, watch);
  return { keysAfter, clock, isAbsent };
}

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `asset-${String(from + index).padStart(4, '0')}`);

test('one listing answers for all keys behind it, asked at once or later', async () => {
  const { keysAfter, isAbsent } = await surveyed(['asset-0003']);
  const answers = await Promise.all(numbered(0, 40).map(isAbsent));
  expect(answers.filter((absent) => !absent)).toHaveLength(1);
  expect(answers[3]).toBe(false);
  expect(await isAbsent('zebra')).toBe(true);
  expect(keysAfter).toHaveBeenCalledTimes(1);
});

test('nothing is said of keys that the listing did not reach; it is gone on with from there', async () => {
  const { keysAfter, isAbsent } = await surveyed(numbered(20, 10), 1);
  expect(await Promise.all(numbered(0, 20).map(isAbsent))).toEqual(Array.from({ length: 20 }, () => true));
  expect(await isAbsent('asset-0021')).toBe(false);
  expect(keysAfter).toHaveBeenCalledTimes(2);
});

test('a key before the listing is nobody’s to answer for', async () => {
  const { keysAfter, isAbsent } = await surveyed([]);
  expect(await isAbsent('mm')).toBe(true);
  expect(await isAbsent('a')).toBe(false);
  expect(keysAfter).toHaveBeenCalledTimes(1);
});

test('an answer is not believed for long', async () => {
  const { keysAfter, clock, isAbsent } = await surveyed([]);
  await Promise.all(numbered(0, 16).map(isAbsent));
  clock.nowMs = 10_000;
  await isAbsent('asset-0016');
  expect(keysAfter).toHaveBeenCalledTimes(2);
});

test('a listing that saved little is followed by looks', async () => {
  const { keysAfter, clock, isAbsent } = await surveyed([]);
  expect(await isAbsent('asset-0000')).toBe(true);
  clock.nowMs = 10_000;
  for (let look = 0; look < 16; look += 1) expect(await isAbsent('asset-0001')).toBe(false);
  expect(keysAfter).toHaveBeenCalledTimes(1);
});

test.each<[string, () => Promise<KeyPage>]>([
  ['fails', () => Promise.reject(new Error('refused'))],
  ['is out of order', async () => ({ keys: ['b', 'a'], isEnd: true })],
  ['begins before it was asked to', async () => ({ keys: ['asset'], isEnd: true })],
])('a listing that %s says nothing', async (_, keysAfter) => {
  const destination = await memoryProvider({ keysAfter });
  const end = { accountKey: 'a', container: 'b', key: 'asset-0000' };
  expect(await createAbsenceSurvey().isAbsent(destination, end, watch)).toBe(false);
});

test.each([
  ['if-different', ['copy']],
  // A newer asset that appeared meanwhile may not be replaced.
  ['if-newer', ['head', 'copy']],
] as const)('under "%s" an attempt asks for %j where nothing is seen', async (overwrite, expected) => {
  const stage = setStage();
  put(stage.source, Buffer.from('some bytes'), { versionToken: 'v1' });
  const requests: ('head' | 'copy')[] = [];
  const copyFrom: Provider['copyFrom'] = async () => {
    requests.push('copy');
    return { versionToken: 'c1', digests: { md5: 'd' }, vouches: 'checksum' };
  };
  const inner = await memoryProvider({ keysAfter: async () => ({ keys: [], isEnd: true }), copyFrom });
  const head: Provider['head'] = (...args) => {
    requests.push('head');
    return inner.head(...args);
  };
  const absence = { ...createAbsenceGuess(), isLikely: () => true };
  const order = { sizeBytes: 10, versionToken: 'v1' };
  const report = await stage.run({ destination: { ...inner, head }, absence, order, policies: { overwrite } });
  expect(report).toMatchObject({ kind: 'completed', result: { proof: 'checksum' } });
  expect(requests).toEqual(expected);
  expect(stage.destination.get(KEY)).toBeUndefined();
  stage.tearDown();
});
