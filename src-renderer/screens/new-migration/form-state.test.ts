/** Proves that a draft becomes exactly the request it shows, and that every failure finds its field. */

import { expect, test } from 'vitest';
import { failure } from '../../../src-shared/model/failure.ts';
import { readUrlList } from '../../../src-shared/url-list/read-url-list.ts';
import {
  type Complaints,
  EMPTY_DRAFT,
  type MigrationDraft,
  placeFailure,
  toRequest,
  withFirstAccount,
  withoutTouched,
} from './form-state.ts';
import { withoutUnknown } from './options-draft.ts';

const filled: MigrationDraft = {
  ...EMPTY_DRAFT,
  name: '  Spring photos ',
  source: { accountId: 'local', container: '/srv/a', prefix: 'img/' },
  destination: { accountId: 's3-1', container: 'bucket', prefix: 'p/' },
};

test('a filled draft becomes a request for everything under the source', () => {
  expect(toRequest(filled)).toMatchObject({
    ok: true,
    request: {
      name: 'Spring photos',
      source: { accountId: 'local', container: '/srv/a', prefix: 'img/' },
      destination: { accountId: 's3-1', container: 'bucket', prefix: 'p/' },
      selection: { kind: 'listing' },
      policies: { overwrite: 'if-different', minimumProof: 'size-only' },
      queue: 'default',
    },
  });
});

test('pasted addresses become the selection, and a container left from before is not sent', () => {
  const answer = toRequest({ ...filled, take: 'urls', urls: 'https://a.example/1\nhttps://a.example/2\tk' });
  expect(answer).toMatchObject({
    ok: true,
    request: {
      source: { accountId: 'local', container: '', prefix: '' },
      selection: { kind: 'assets', assets: [{ sourceKey: 'https://a.example/1' }, { destinationKey: 'k' }] },
    },
  });
});

test('a list from a file goes before what was pasted', () => {
  const urlFile = { name: 'list.csv', text: 'url,size\nhttps://a.example/1,5\n' };
  expect(toRequest({ ...filled, take: 'urls', urls: 'https://a.example/2', urlFile })).toMatchObject({
    request: { selection: { assets: [{ sourceKey: 'https://a.example/1', sizeBytes: 5 }] } },
  });
});

test('an end that nobody chose begins at the account that is always there, a chosen one stays', () => {
  const begun = { ...EMPTY_DRAFT, destination: { accountId: 's3-1', container: '', prefix: '' } };
  const shown = withFirstAccount(begun, 'this-computer');
  expect([shown.source.accountId, shown.destination.accountId]).toEqual(['this-computer', 's3-1']);
});

test('an empty draft is told at both accounts, not in one general sentence', () => {
  const answer = toRequest(EMPTY_DRAFT);
  expect(answer.ok).toBe(false);
  expect(answer.ok ? [] : Object.keys(answer.complaints).sort()).toEqual(['destination.accountId', 'source.accountId']);
});

test('garbage lines are told at the list, with the first line and how many more', () => {
  const answer = toRequest({ ...filled, take: 'urls', urls: 'x\ny\nhttps://a.example/1' });
  expect(answer.ok ? null : answer.complaints.selection?.message).toBe(
    'Line 1: An address begins with http:// or https://. 1 more line needs a look.',
  );
});

test('an empty list is a complaint, never an empty request', () => {
  const answer = toRequest({ ...filled, take: 'urls', urls: '\n# nothing\n' });
  expect(answer.ok ? null : answer.complaints.selection?.message).toBe('Give at least one address.');
});

test('options become the filter and the policies they say', () => {
  const answer = toRequest({
    ...filled,
    include: '**/*.jpg\n\n  \n**/*.png',
    leastSize: '64 KiB',
    changedAfter: '2024-05-31',
    letters: 'slug',
    cacheControl: '**/*.html = no-cache',
  });
  expect(answer).toMatchObject({
    ok: true,
    request: {
      selection: {
        kind: 'listing',
        filter: {
          include: ['**/*.jpg', '**/*.png'],
          leastBytes: 65_536,
          mostBytes: null,
          changedAfterMs: 1_717_113_600_000,
        },
      },
      policies: {
        naming: { letters: 'slug' },
        content: { cacheControl: [{ glob: '**/*.html', value: 'no-cache' }], storageClass: null },
      },
    },
  });
});

test('tags and the ACL become policies, and what a destination does not have is not asked of it', () => {
  const draft = { ...filled, tags: 'keep' as const, setTags: 'team = web\n\nflag', acl: 'public-read' };
  expect(toRequest(draft)).toMatchObject({
    request: {
      policies: {
        content: {
          tags: 'keep',
          setTags: [
            { name: 'team', value: 'web' },
            { name: 'flag', value: '' },
          ],
          acl: 'public-read',
        },
      },
    },
  });
  expect(withoutUnknown(draft, { tagCharacters: 'a-z', acls: ['public-read'] })).toEqual({ storageClass: '' });
  const nothing = { tags: 'drop', setTags: '', storageClass: '', acl: '' };
  expect(withoutUnknown(draft, { acls: ['publicRead'] })).toEqual(nothing);
});

test.each<[Partial<MigrationDraft>, string, RegExp]>([
  [{ include: '*.jpg\n[a-' }, 'selection.filter.include', /^\[a-: This is no pattern/],
  [{ leastSize: 'big' }, 'selection.filter.leastBytes', /^A size is like/],
  [{ leastSize: '2 MB', mostSize: '1 MB' }, 'selection.filter.mostBytes', /less than the least/],
  [{ changedBefore: 'soon' }, 'selection.filter.changedBeforeMs', /^Like 2024/],
  [{ template: '{file}' }, 'policies.naming.template', /no placeholder \{file\}/],
  [{ contentType: '*.webp' }, 'policies.content.contentType', /^\*\.webp: Say what it is to be/],
  [{ setTags: 'a = b\n= c' }, 'policies.content.setTags', /^= c: A tag is like team=web/],
])('the options %j are told at %s', (options, field, words) => {
  const answer = toRequest({ ...filled, ...options });
  expect(answer.ok ? [] : Object.keys(answer.complaints)).toEqual([field]);
  expect(Object.values(answer.ok ? {} : answer.complaints)[0]?.message).toMatch(words);
});

test('what the schema refuses stands at its field', () => {
  const answer = toRequest({ ...filled, name: 'n'.repeat(201) });
  expect(answer.ok ? [] : Object.keys(answer.complaints)).toEqual(['name']);
});

test.each([
  ['source.container', 'source.container'],
  ['destination.accountId', 'destination.accountId'],
  ['policies.minimumProof', 'policies.minimumProof'],
  ['source', 'form'],
  ['selection.assets.1.sourceKey', 'selection'],
  [undefined, 'form'],
])('a failure at %s is shown at %s', (field, place) => {
  const placed = placeFailure(failure('not-found', 'No such folder.', field === undefined ? {} : { field }));
  expect(Object.keys(placed)).toEqual([place]);
});

test('a failed check stands at the side that was checked', () => {
  const wrongKey = failure('permission-denied', 'Refused.');
  expect(placeFailure(wrongKey, { role: 'destination' })).toHaveProperty(['destination.container']);
  const wrongOption = failure('invalid-input', 'No such folder.', { field: 'container' });
  expect(placeFailure(wrongOption, { role: 'source' })).toHaveProperty(['source.container']);
});

test('a failure that names an asset names its line', () => {
  const list = readUrlList('# photos\nhttps://a.example/1\n\nhttps://a.example/2');
  const placed = placeFailure(failure('name-invalid', 'Bad key.', { field: 'selection.assets.1' }), { list });
  expect(placed.selection?.message).toBe('Line 4: Bad key.');
});

const wrong = failure('invalid-input', 'No.');
const all: Complaints = {
  name: wrong,
  'source.container': wrong,
  'destination.prefix': wrong,
  selection: wrong,
  form: wrong,
};

test.each([
  [{ name: 'x' }, ['source.container', 'selection', 'destination.prefix']],
  [{ source: { accountId: 'a', container: '', prefix: '' } }, ['name', 'selection', 'destination.prefix']],
  [{ urls: 'x' }, ['name', 'source.container', 'destination.prefix']],
  [{ take: 'urls' as const }, ['name', 'destination.prefix']],
])('after %j the complaints left are %j', (changed, left) => {
  expect(Object.keys(withoutTouched(all, changed)).sort()).toEqual([...left].sort());
});
