/**
 * Owns the proof that pages cut from a walk lose and repeat nothing, whether the walk is still there or not.
 */
import { expect, test, vi } from 'vitest';
import type { ListedAsset } from '../../src-shared/model/asset.ts';
import { ListCursors, type Walk } from './list-cursors.ts';

const signal = new AbortController().signal;
const KEYS = Array.from({ length: 20 }, (_, at) => String(at).padStart(2, '0'));

/** Batches of three, and now and then none at all. Counts how often a walk was begun. */
function counted() {
  const begun: (string | null)[] = [];
  const begin = (after: string | null): Walk => {
    begun.push(after);
    const assets: ListedAsset[] = KEYS.filter((key) => after === null || key > after).map((key) => ({
      key,
      sizeBytes: 0,
    }));
    return (async function* () {
      for (let at = 0; at < assets.length; at += 3) {
        yield [];
        yield assets.slice(at, at + 3);
      }
    })();
  };
  return { begun, begin };
}

async function listAll(next: (position: string | null) => ReturnType<ListCursors['page']>) {
  const keys: string[] = [];
  let position: string | null = null;
  do {
    const page = await next(position);
    keys.push(...page.assets.map((asset) => asset.key));
    position = page.position;
  } while (position !== null);
  return keys;
}

test.each([1, 2, 3, 4, 6, 19, 20, 21])('pages of %i from one walk', async (limit) => {
  const { begun, begin } = counted();
  const cursors = new ListCursors();
  expect(await listAll((position) => cursors.page('place', { position, limit, signal }, begin))).toEqual(KEYS);
  expect(begun).toEqual([null]);
});

test.each([1, 4, 20])('pages of %i when every page begins a walk of its own', async (limit) => {
  const { begun, begin } = counted();
  const page = (position: string | null) => new ListCursors().page('place', { position, limit, signal }, begin);
  expect(await listAll(page)).toEqual(KEYS);
  expect(begun.length).toBeGreaterThanOrEqual(KEYS.length / limit);
});

test('a page that is asked for twice is the same page', async () => {
  const { begin } = counted();
  const cursors = new ListCursors();
  const ask = (position: string | null) => cursors.page('place', { position, limit: 5, signal }, begin);
  const first = await ask(null);
  const second = await ask(first.position);
  expect(await ask(first.position)).toEqual(second);
});

test('walks of other places do not mix, and old ones are given up', async () => {
  const { begun, begin } = counted();
  const cursors = new ListCursors();
  const places = Array.from({ length: 12 }, (_, at) => `place ${at}`);
  const lists = places.map((place) =>
    listAll((position) => cursors.page(place, { position, limit: 7, signal }, begin)),
  );
  for (const keys of await Promise.all(lists)) expect(keys).toEqual(KEYS);
  expect(begun.length).toBeGreaterThan(places.length);
});

test('a walk that another listing left behind is not gone on with: what came since is listed', async () => {
  let names = ['01', '02', '03'];
  const begin = (after: string | null): Walk => {
    const seen = names.filter((key) => after === null || key > after);
    return (async function* () {
      yield seen.map((key) => ({ key, sizeBytes: 0 }));
    })();
  };
  const ours = new ListCursors();
  const { position } = await ours.page('place', { position: null, limit: 1, signal }, begin);
  names = ['01', '02', '025', '03'];
  const nowMs = performance.now();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(nowMs + 61_000);
  const next = await ours.page('place', { position, limit: 9, signal }, begin);
  clock.mockRestore();
  expect(next.assets.map(({ key }) => key)).toEqual(['02', '025', '03']);
});
