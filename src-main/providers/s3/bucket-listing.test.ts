/** Proves that a listing in ranges loses and doubles no key, wherever it is cut or taken up again, and that it is wide. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BucketListing, type ListingTerms, type ObjectPage } from './bucket-listing.ts';
import { compareKeys, readPosition } from './key-range.ts';

const NEVER = new AbortController().signal;
const FULL = 4;

type Read = ListingTerms['read'];

/** A bucket as a service lists it. */
function bucketOf(keys: readonly string[]) {
  const sorted = [...new Set(keys)].sort(compareKeys);
  const page = (after: string | null, limit: number): ObjectPage => {
    const rest = after === null ? sorted : sorted.filter((key) => compareKeys(key, after) > 0);
    const assets = rest.slice(0, limit).map((key) => ({ key, sizeBytes: key.length }));
    return { assets, isTruncated: rest.length > assets.length };
  };
  return { keys: sorted, page };
}

function listing(position: string | null, read: Read, terms: Partial<ListingTerms> = {}): BucketListing {
  const usual = { prefix: '', width: 8, slowPageMs: 0, fullPageAssets: FULL, read };
  return new BucketListing(readPosition(position), { ...usual, ...terms });
}

async function listAll(read: Read, terms: Partial<ListingTerms> = {}, limit = FULL): Promise<string[]> {
  const keys: string[] = [];
  let position: string | null = null;
  let one = listing(null, read, terms);
  do {
    const before = position;
    const page = await one.next(limit, NEVER);
    keys.push(...page.assets.map(({ key }) => key));
    position = page.position;
    if (position !== null) expect(position).not.toBe(before);
    // As kept-listings.ts does it: what read nothing ahead goes on from its position.
    if (!one.isAhead) one = listing(position, read, terms);
  } while (position !== null);
  return keys;
}

const sorted = (keys: readonly string[]): string[] => [...keys].sort(compareKeys);

const digits = fc.nat(9_999).map((number) => `media/2026/november/asset-${String(number).padStart(9, '0')}.jpg`);
const dates = fc
  .tuple(fc.integer({ min: 2019, max: 2026 }), fc.integer({ min: 1, max: 12 }), fc.nat(99))
  .map(([year, month, number]) => `${year}/${String(month).padStart(2, '0')}/img-${number}.jpg`);
const folders = fc.array(fc.constantFrom('a', 'b', 'ab', '~', 'z', '', '\u{1f600}', '\uff01', '図'), { maxLength: 6 });
const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter((text) => text.isWellFormed());
const keySets = fc.oneof(
  ...[digits, dates, folders.map((names) => `p/${names.join('/')}`), anyText, fc.uuid()].map((key) =>
    fc.array(key, { maxLength: 120, size: 'max' }),
  ),
);

describe('keys', () => {
  test('are ordered by their bytes', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const byBytes = Buffer.compare(Buffer.from(one), Buffer.from(other));
        expect(Math.sign(compareKeys(one, other))).toBe(byBytes);
      }),
    );
  });

  test('come once each, whoever answers first, wherever it is taken up, however wide', async () => {
    const turns = fc.array(fc.record({ restarts: fc.boolean(), limit: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 1,
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), keySets, turns, async (scheduler, keys, choices) => {
        const bucket = bucketOf(keys);
        const read: Read = (after, limit) => scheduler.schedule(Promise.resolve(bucket.page(after, limit)));
        const all = async (): Promise<string[]> => {
          const found: string[] = [];
          let one = listing(null, read);
          for (let turn = 0; ; turn += 1) {
            const { restarts = false, limit = FULL } = choices[turn % choices.length] ?? {};
            const page = await one.next(limit, NEVER);
            expect(page.assets.length).toBeLessThanOrEqual(limit);
            found.push(...page.assets.map(({ key }) => key));
            if (page.position === null) return found;
            if (restarts) one = listing(page.position, read, { width: 1 + (turn % 9) });
          }
        };
        const found = await scheduler.waitFor(all());
        expect(sorted(found)).toEqual(bucket.keys);
      }),
      { numRuns: 400 },
    );
  });
});

/** Answers all open requests at once, turn after turn: so many turns as round trips to a service. */
async function roundTrips(keys: readonly string[], terms: Partial<ListingTerms>) {
  const bucket = bucketOf(keys);
  let open: (() => void)[] = [];
  const count = { trips: 0, requests: 0, most: 0 };
  const read: Read = (after, limit) => {
    count.requests += 1;
    return new Promise((resolve) => open.push(() => resolve(bucket.page(after, limit))));
  };
  let isOver = false;
  const found = listAll(read, { fullPageAssets: 100, ...terms }, 100).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const answered = open;
    open = [];
    if (answered.length > 0) count.trips += 1;
    count.most = Math.max(count.most, answered.length);
    for (const answer of answered) answer();
    await new Promise(setImmediate);
  }
  expect(sorted(await found)).toEqual(bucket.keys);
  return count;
}

const KEYS = 20_000;
const PAGES = KEYS / 100;
const made = (key: (ordinal: number) => string): string[] => Array.from({ length: KEYS }, (_, at) => key(at));
const scattered = (ordinal: number): string => ((ordinal * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0');

describe('a slow service', () => {
  test.each([
    ['numbers in one folder', made((at) => `media/2026/november/asset-${String(at).padStart(9, '0')}.jpg`)],
    ['digests', made(scattered)],
    ['days of eight years', made((at) => `${2019 + (at % 8)}/${(at % 12) + 10}/${(at % 28) + 10}/img-${at}.jpg`)],
    [
      'one folder that has nearly everything',
      made((at) => (at % 50 === 0 ? `${scattered(at)}/a` : `m/${scattered(at)}`)),
    ],
    ['names of another script', made((at) => `図/${String.fromCodePoint(0x4e00 + (at % 5_000))}${at}`)],
  ])('%s: asked for side by side', async (_, keys) => {
    const { trips, requests, most } = await roundTrips(keys, {});
    expect(most).toBe(8);
    expect(trips).toBeLessThan(PAGES / 3);
    // What is asked for in vain, or past the end of a range, is the price.
    expect(requests).toBeLessThan(PAGES * 1.5);
  });

  test('that is not slow is asked for one page after the other', async () => {
    expect(await roundTrips(made(scattered), { slowPageMs: 1e9 })).toEqual({ trips: PAGES, requests: PAGES, most: 1 });
  });
});

describe('what fails', () => {
  const bucket = bucketOf(made(scattered).slice(0, 200));

  test('ends the call, and the position before it is as good as ever', async () => {
    let requests = 0;
    const broken: Read = async (after, limit) => {
      requests += 1;
      if (requests % 13 === 12) throw new Error('broken');
      return bucket.page(after, limit);
    };
    const found: string[] = [];
    let position: string | null = null;
    let failures = 0;
    let one = listing(null, broken);
    do {
      try {
        const page: Awaited<ReturnType<BucketListing['next']>> = await one.next(FULL, NEVER);
        found.push(...page.assets.map(({ key }) => key));
        position = page.position;
      } catch {
        failures += 1;
        one = listing(position, broken);
      }
    } while (position !== null || failures === 0);
    expect(sorted(found)).toEqual(bucket.keys);
  });

  test('a cut that the service refuses is done without', async () => {
    const isKey = new Set(bucket.keys);
    const picky: Read = async (after, limit) => {
      if (after !== null && !isKey.has(after)) throw new Error('no such key');
      return bucket.page(after, limit);
    };
    expect(sorted(await listAll(picky))).toEqual(bucket.keys);
  });

  test('whoever aborts need not wait', async () => {
    const stop = new AbortController();
    const signals: AbortSignal[] = [];
    const silent = listing(null, (_after, _limit, signal) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    const waiting = silent.next(FULL, stop.signal);
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    silent.end();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
