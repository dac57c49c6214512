/** Proves the comparison of a plan on real listings of nasty keys, in any order, and what a run would be given. */

import { afterEach, describe, expect, it } from 'vitest';
import type { ListedAsset } from '../../src-shared/model/asset.ts';
import { FailureError, failure } from '../../src-shared/model/failure.ts';
import { DEFAULT_POLICIES } from '../../src-shared/model/migration.ts';
import { PLAN_CLASSES } from '../../src-shared/model/plan.ts';
import { PlanBook, type PlanBookOptions } from './plan-book.ts';

let book: PlanBook | null = null;
afterEach(() => {
  book?.close();
  book = null;
});

const MD5 = '"d41d8cd98f00b204e9800998ecf8427e"';
const OTHER_MD5 = '"00000000000000000000000000000001"';
const place = (prefix: string) => ({ accountId: 'a', container: 'c', prefix });
const way = (from: string, to: string) => ({
  source: place(from),
  destination: place(to),
  policies: DEFAULT_POLICIES,
});

function open(kind: string, extras: Partial<PlanBookOptions> = {}): PlanBook {
  book = new PlanBook({
    path: ':memory:',
    way: way('', ''),
    sourceKind: 's3',
    destinationKind: kind,
    maxObjectBytes: null,
    assertKey: () => undefined,
    ...extras,
  });
  return book;
}

const asset = (key: string, sizeBytes = 1, extras: Partial<ListedAsset> = {}): ListedAsset => ({
  key,
  sizeBytes,
  ...extras,
});

/** class → source keys. */
function classes(of: PlanBook): Record<string, string[]> {
  return Object.fromEntries(
    PLAN_CLASSES.map((known) => [
      known,
      of.rows({ class: known, search: '', afterId: 0, limit: 100 }).rows.map(({ sourceKey }) => sourceKey),
    ]).filter(([, keys]) => (keys?.length ?? 0) > 0),
  );
}

const reasons = (of: PlanBook): string[] =>
  PLAN_CLASSES.flatMap((known) =>
    of
      .rows({ class: known, search: '', afterId: 0, limit: 100 })
      .rows.map(({ sourceKey, reason }) => `${sourceKey}: ${reason}`),
  );

describe('what is there', () => {
  it('is told apart by size, digest and moment, and where only reading tells it says so', () => {
    const of = open('s3');
    of.addThere([
      asset('size', 2),
      asset('etag', 5, { versionToken: MD5.replaceAll('"', '').toUpperCase() }),
      asset('parts', 5, { versionToken: '"d41d8cd98f00b204e9800998ecf8427e-12"' }),
      asset('other etag', 5, { versionToken: OTHER_MD5 }),
      asset('moment', 5, { modifiedAtMs: 1_000, versionToken: 'generation 1' }),
      asset('later', 5, { modifiedAtMs: 9_000 }),
      asset('other parts', 5, { versionToken: '"d41d8cd98f00b204e9800998ecf8427e-3"' }),
      asset('no size', -1),
      asset('not asked for', 5),
    ]);
    of.addSource([
      asset('moment', 5, { modifiedAtMs: 1_001, versionToken: 'generation 2' }),
      asset('size', 1),
      asset('later', 5, { modifiedAtMs: 1_000 }),
      asset('etag', 5, { versionToken: MD5 }),
      asset('parts', 5, { versionToken: '"d41d8cd98f00b204e9800998ecf8427e-12"' }),
      asset('other etag', 5, { versionToken: MD5 }),
      asset('other parts', 5, { versionToken: MD5 }),
      asset('no size', 5),
      asset('new', 5),
    ]);
    const { classes: tallies } = of.compare();
    expect(classes(of)).toEqual({
      new: ['new'],
      changed: ['size', 'other etag'],
      identical: ['moment', 'etag', 'parts'],
      unknown: ['later', 'other parts', 'no size'],
    });
    expect(tallies.identical).toMatchObject({ assets: 3, bytes: 15 });
    expect(Object.values(tallies).reduce((sum, { assets }) => sum + assets, 0)).toBe(9);
  });

  it('is not called changed for an ETag that is no digest', () => {
    const of = open('webdav');
    of.addThere([asset('a', 5, { versionToken: OTHER_MD5 })]);
    of.addSource([asset('a', 5, { versionToken: MD5 })]);
    of.compare();
    expect(classes(of)).toEqual({ unknown: ['a'] });
  });
});

describe('conflicts', () => {
  const NASTY = [
    'A.txt',
    'a.TXT',
    'caf\u00e9',
    'cafe\u0301',
    'aux.txt',
    'x/con',
    'end.',
    'end',
    'f',
    'f/g',
    'straße',
    'ok',
  ];

  it('of names that a disk may take for one are found by case, Unicode form, folder and reserved name', () => {
    const of = open('local');
    of.addSource(NASTY.map((key) => asset(key)));
    of.addThere([asset('OK2'), asset('d/e')]);
    of.addSource([asset('ok2'), asset('d')]);
    const { lookalikes } = of.compare();
    expect(classes(of)).toEqual({
      new: ['end', 'f/g', 'straße', 'ok'],
      conflicting: ['A.txt', 'a.TXT', 'caf\u00e9', 'cafe\u0301', 'aux.txt', 'x/con', 'end.', 'f', 'ok2', 'd'],
    });
    expect(lookalikes.new.assets).toBe(8);
    const said = reasons(of).join('\n');
    expect(said).toContain('A.txt: Like a.TXT but for upper and lower case: one file on many disks.');
    expect(said).toContain('caf\u00e9: Like cafe\u0301 but for the Unicode form: one file on many disks.');
    expect(said).toContain('x/con: Windows cannot have a file of the name "con".');
    expect(said).toContain('f: It would be a file and a folder of one name.');
  });

  it('are none in a bucket, where every byte counts', () => {
    const of = open('s3');
    of.addSource(NASTY.map((key) => asset(key)));
    of.compare();
    expect(classes(of)).toEqual({ new: NASTY });
  });

  it('of two sources for one key are both held back, wherever they go', () => {
    const of = open('s3', { way: way('in/', 'out') });
    of.addSource([
      { sourceKey: 'one', destinationKey: 'same' },
      { sourceKey: 'two', destinationKey: 'same', sizeBytes: 4 },
      asset('in/three'),
    ]);
    const { classes: tallies } = of.compare();
    expect(classes(of)).toEqual({ new: ['in/three'], conflicting: ['one', 'two'] });
    expect(tallies.conflicting).toMatchObject({ assets: 2, bytes: 4, unsized: 1 });
    expect(reasons(of)).toContain('one: The same destination key as two.');
  });
});

describe('the destination', () => {
  it('refuses keys and sizes, and the plan says which', () => {
    const of = open('s3', {
      maxObjectBytes: 10,
      assertKey(key) {
        if (key.includes('\n')) throw new FailureError(failure('name-invalid', 'It holds a line break.'));
      },
    });
    of.addSource([asset('line\nbreak'), asset('large', 11), asset('fits', 10)]);
    of.compare();
    expect(classes(of)).toEqual({ new: ['fits'], refused: ['line\nbreak', 'large'] });
    expect(reasons(of)).toContain('line\nbreak: It holds a line break.');
  });

  it('gets keys as they are: quotes, percent signs, emoji, spaces, bytes beyond the first plane', () => {
    const keys = [
      "a'b",
      'a%b_c',
      '100\\%',
      '😀/𝒳',
      ' lead',
      'tail ',
      'a\u202eb',
      'tab\tkey',
      '-- ; DROP TABLE planned',
    ];
    const of = open('s3');
    of.addThere(keys.map((key) => asset(key, 2)));
    of.addSource(keys.map((key) => asset(key, 1)));
    of.compare();
    expect(classes(of)).toEqual({ changed: keys });
    const search = (text: string) => of.rows({ class: 'changed', search: text, afterId: 0, limit: 9 });
    expect(search('%b_').rows.map(({ sourceKey }) => sourceKey)).toEqual(['a%b_c']);
    expect(search('\\%').count).toBe(1);
  });
});

describe('a run', () => {
  it('is given what was reviewed, page by page, with keys under the destination prefix', () => {
    const of = open('local', { way: way('in/', 'out') });
    of.addSource([asset('in/a', 3), asset('in/B'), asset('in/b'), asset('in/c', -1)]);
    of.compare();
    const first = of.pinned(['new'], false, 0, 1);
    expect(first.assets).toEqual([{ sourceKey: 'in/a', destinationKey: 'a', listedBytes: 3 }]);
    expect(of.pinned(['new'], false, first.lastId ?? 0, 5)).toEqual({
      assets: [{ sourceKey: 'in/c', destinationKey: 'c' }],
      lastId: null,
    });
    expect(of.pinned(['new'], true, 0, 9).assets.map(({ sourceKey }) => sourceKey)).toEqual([
      'in/a',
      'in/B',
      'in/b',
      'in/c',
    ]);
  });

  it('shows pages that meet without a gap', () => {
    const of = open('s3');
    of.addSource(Array.from({ length: 7 }, (_, index) => asset(`${index}`)));
    of.compare();
    const seen: string[] = [];
    for (let afterId: number | null = 0; afterId !== null; ) {
      const page = of.rows({ class: 'new', search: '', afterId, limit: 3 });
      seen.push(...page.rows.map(({ sourceKey }) => sourceKey));
      expect(page.count).toBe(7);
      afterId = page.lastId;
    }
    expect(seen).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });
});
