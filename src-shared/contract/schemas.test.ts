/** Proves that what cannot be is refused at the field where it was typed, and what nobody says has its default. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICIES } from '../model/migration.ts';
import { NO_FILTER } from '../model/selection.ts';
import { migrationRequest } from './schemas.ts';

const place = { accountId: 'a', container: 'c', prefix: '' };
const fieldsOf = (fields: object): string[] =>
  migrationRequest
    .safeParse({ source: place, destination: place, ...fields })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
const filtered = (filter: object) => fieldsOf({ selection: { kind: 'listing', filter } });
const named = (naming: object) => fieldsOf({ policies: { naming } });
const changed = (content: object) => fieldsOf({ policies: { content } });

describe('a request for a migration', () => {
  it('that says nothing more moves everything as it is', () => {
    expect(migrationRequest.parse({ source: place, destination: place })).toMatchObject({
      selection: { kind: 'listing', filter: NO_FILTER },
      policies: DEFAULT_POLICIES,
    });
  });

  it('that deletes its sources asks for the proof that this demands, unless somebody says which', () => {
    const proofOf = (policies: object) =>
      migrationRequest.parse({ source: place, destination: place, policies }).policies.minimumProof;
    expect(proofOf({ afterCopy: 'delete-source' })).toBe('etag');
    expect(proofOf({ afterCopy: 'delete-source', minimumProof: 're-read' })).toBe('re-read');
    expect(proofOf({ afterCopy: 'keep' })).toBe('size-only');
  });

  it.each<[string, string[]]>([
    ['selection.filter.include.1', filtered({ include: ['*.jpg', '[a-'] })],
    ['selection.filter.exclude.0', filtered({ exclude: [''] })],
    ['selection.filter.leastBytes', filtered({ leastBytes: -1 })],
    ['selection.filter.leastBytes', filtered({ leastBytes: Number.NaN })],
    ['selection.filter.mostBytes', filtered({ leastBytes: 5, mostBytes: 4 })],
    ['selection.filter.changedBeforeMs', filtered({ changedAfterMs: 5, changedBeforeMs: 4 })],
    ['selection.filter.directoryMarkers', filtered({ directoryMarkers: 'maybe' })],
    ['selection.filter', filtered({ includes: ['*.jpg'] })],
    ['selection', fieldsOf({ selection: { kind: 'assets', assets: [{ sourceKey: 'k' }], filter: NO_FILTER } })],
    ['policies.overwrite', fieldsOf({ policies: { overwrite: 'newer' } })],
    ['policies.naming.template', named({ template: '{file}' })],
    ['policies.naming.letters', named({ letters: 'upper' })],
    ['policies.content.cacheControl.0.glob', changed({ cacheControl: [{ glob: '{a', value: 'x' }] })],
    ['policies.content.cacheControl.0.value', changed({ cacheControl: [{ glob: '*', value: 'a\r\nx: 1' }] })],
    ['policies.content.cacheControl.0.value', changed({ cacheControl: [{ glob: '*', value: ' ' }] })],
    ['policies.content.contentType.0.value', changed({ contentType: [{ glob: '*', value: 'webp' }] })],
    ['policies.content.storageClass', changed({ storageClass: 'A B' })],
    ['policies.content.acl', changed({ acl: 'public read' })],
    ['policies.content.tags', changed({ tags: 'all' })],
    ['policies.content.setTags.0.name', changed({ setTags: [{ name: ' ', value: 'x' }] })],
    ['policies.content.setTags.0.name', changed({ setTags: [{ name: 'n'.repeat(129), value: 'x' }] })],
    ['policies.content.setTags.0.value', changed({ setTags: [{ name: 'n', value: 'x'.repeat(257) }] })],
    ['policies.content.setTags', changed({ setTags: Array.from({ length: 11 }, (_, at) => ({ name: `n${at}` })) })],
    ['policies.content.setTags', changed({ setTags: [{ name: 'a' }, { name: 'a ', value: 'x' }] })],
  ])('is refused at %s', (field, problems) => {
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${field}: .`))]);
  });
});
