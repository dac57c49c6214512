/** Proves which assets a filter moves, which patterns are refused, and which content rule an asset gets. */
import { describe, expect, it } from 'vitest';
import { contentChange, KEEP_CONTENT, keepsContent } from './content-rules.ts';
import { globProblem, matches } from './glob.ts';
import { NO_FILTER, type SelectionFilter, selects } from './selection.ts';

const asset = { key: 'site/img/a.jpg', sizeBytes: 100, modifiedAtMs: 5_000 };
const isMoved = (filter: Partial<SelectionFilter>, changed: Partial<typeof asset> = {}, prefix = 'site/'): boolean =>
  selects({ ...asset, ...changed }, { prefix, filter: { ...NO_FILTER, ...filter } });

describe('a filter', () => {
  it('that says nothing moves everything, markers and empty files too', () => {
    expect(isMoved({})).toBe(true);
    expect(isMoved({}, { key: 'site/img/', sizeBytes: 0 })).toBe(true);
    expect(isMoved({ directoryMarkers: 'leave-out' }, { sizeBytes: 0 })).toBe(true);
  });

  it.each<[Partial<SelectionFilter>, boolean]>([
    [{ include: ['img/*'] }, true],
    [{ include: ['*.png', '**/*.jpg'] }, true],
    [{ include: ['*.jpg'] }, false],
    // Below the prefix, not from the top of the container.
    [{ include: ['site/**'] }, false],
    [{ exclude: ['img/**'] }, false],
    [{ include: ['**'], exclude: ['**/a.*'] }, false],
    [{ leastBytes: 100, mostBytes: 100 }, true],
    [{ leastBytes: 101 }, false],
    [{ mostBytes: 99 }, false],
    [{ changedAfterMs: 5_000, changedBeforeMs: 5_000 }, true],
    [{ changedAfterMs: 5_001 }, false],
    [{ changedBeforeMs: 4_999 }, false],
  ])('%j: %s', (filter, moved) => expect(isMoved(filter)).toBe(moved));

  it('leaves nothing out for what the source does not tell', () => {
    expect(isMoved({ leastBytes: 5 }, { sizeBytes: -1 })).toBe(true);
    const { modifiedAtMs: _, ...timeless } = asset;
    expect(selects(timeless, { prefix: '', filter: { ...NO_FILTER, changedAfterMs: 9_999 } })).toBe(true);
  });

  it('leaves folder markers out when told to, and nothing else that ends in a slash', () => {
    expect(isMoved({ directoryMarkers: 'leave-out' }, { key: 'site/img/', sizeBytes: 0 })).toBe(false);
    expect(isMoved({ directoryMarkers: 'leave-out' }, { key: 'site/img/', sizeBytes: 1 })).toBe(true);
  });
});

describe('a pattern', () => {
  it.each([
    ['**', 'a/../k', true],
    ['**', '.hidden', true],
    ['**', 'a//b', true],
    ['**/*.jpg', 'a\n/b\nc.jpg', true],
    ['**/*.jpg', 'B.JPG', false],
    ['*.{jpg,png}', 'x.png', true],
    ['img-[0-9].gif', 'img-7.gif', true],
    ['\\[x\\] \\(1\\).jpg', '[x] (1).jpg', true],
    ['a\\*b', 'axb', false],
    ['😀/*', '😀/é', true],
    ['cache/**', 'cache/deep/er', true],
    ['a\\\\b', 'a\\b', true],
  ])('%s on %j: %s', (pattern, key, expected) => {
    expect(globProblem(pattern)).toBeNull();
    expect(matches(pattern, key)).toBe(expected);
  });

  it.each([
    ['', /empty/],
    [' ', /empty/],
    ['[a-z', /no pattern: Missing closing/],
    ['{a,b', /no pattern: Missing closing/],
    ['photo (1).jpg', /parentheses/],
    ['+(a|aa)', /parentheses/],
    ['!*.jpg', /leave assets out/],
    ['/img/*', /below the prefix/],
    ['*a*b*c*d', /at most 3 stars/],
  ])('%j is refused', (pattern, words) => expect(globProblem(pattern)).toMatch(words));
});

it('takes no longer than the house can bear, whatever the key', () => {
  const startedAtMs = performance.now();
  expect(matches('*a*a*b', 'a'.repeat(1_024))).toBe(false);
  expect(matches('**/a/**/a/**', 'a/'.repeat(512))).toBe(true);
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
});

describe('content rules', () => {
  const rules = {
    ...KEEP_CONTENT,
    cacheControl: [
      { glob: '**/*.html', value: 'no-cache' },
      { glob: '**', value: 'max-age=60' },
    ],
  };

  it('give the value of the first pattern that matches', () => {
    expect(contentChange('a/index.html', rules).headers).toEqual({ cacheControl: 'no-cache' });
    expect(contentChange('a/b.jpg', rules).headers).toEqual({ cacheControl: 'max-age=60' });
  });

  it('that change nothing about this asset keep it as it is', () => {
    const only = { ...KEEP_CONTENT, contentType: [{ glob: '*.webp', value: 'image/webp' }] };
    expect(keepsContent(contentChange('a.jpg', only))).toBe(true);
    expect(keepsContent(contentChange('a.webp', only))).toBe(false);
    expect(keepsContent(contentChange('a', { ...KEEP_CONTENT, metadata: 'drop' }))).toBe(false);
    expect(keepsContent(contentChange('a', { ...KEEP_CONTENT, storageClass: 'GLACIER' }))).toBe(false);
    // A copy inside the service can be given these.
    const apart = { ...KEEP_CONTENT, tags: 'keep' as const, setTags: [{ name: 'a', value: 'b' }], acl: 'private' };
    expect(keepsContent(contentChange('a', apart))).toBe(true);
  });
});
