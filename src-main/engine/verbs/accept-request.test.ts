/** Proves that a request that cannot work is refused at the place where it is wrong, and leaves nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ContentRules, KEEP_CONTENT } from '../../../src-shared/model/content-rules.ts';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from '../coordinator-under-test.ts';
import { submitMigration } from './submit-migration.ts';

const TEAM = { name: 'team', value: 'web' };
let test: CoordinatorUnderTest;
beforeEach(async () => {
  test = await openCoordinatorUnderTest();
});
afterEach(() => test.close());

describe('a request that cannot work', () => {
  it.each([
    ['an unknown account', { source: { ...REQUEST.source, accountId: 'nobody' } }, 'source.accountId'],
    [
      'a destination that cannot be written',
      { destination: { ...REQUEST.destination, accountId: 'http' } },
      'destination.accountId',
    ],
    ['a source without a container', { source: { ...REQUEST.source, container: ' ' } }, 'source.container'],
    [
      'a destination inside its source',
      { destination: { ...REQUEST.destination, container: '/from/below' } },
      'destination.container',
    ],
    ['the same place twice', { destination: REQUEST.source }, 'destination.container'],
    ['an unknown queue', { queue: 'nowhere' }, 'queue'],
    [
      'headers where none are kept',
      { policies: { ...REQUEST.policies, content: { ...KEEP_CONTENT, cacheControl: [{ glob: '*', value: 'x' }] } } },
      'policies.content.cacheControl',
    ],
    [
      'a storage class where there is no choice',
      { policies: { ...REQUEST.policies, content: { ...KEEP_CONTENT, storageClass: 'GLACIER' } } },
      'policies.content.storageClass',
    ],
  ])('is refused at its place and leaves nothing: %s', async (_, change, field) => {
    const submitted = test.coordinator.call((desk) => submitMigration(desk, { ...REQUEST, ...change }));
    await expect(submitted).rejects.toMatchObject({ failure: { field } });
    expect(test.coordinator.store.latestMigrations(5)).toEqual([]);
  });

  it('asks for more proof than the destination reaches', async () => {
    const policies = { ...REQUEST.policies, minimumProof: 'checksum' as const };
    const submitted = test.coordinator.call((desk) => submitMigration(desk, { ...REQUEST, policies }));
    await expect(submitted).rejects.toMatchObject({ failure: { field: 'policies.minimumProof', code: 'unsupported' } });
    expect(test.coordinator.store.latestMigrations(5)).toEqual([]);
  });

  describe('of a move', () => {
    const MOVE = { ...REQUEST.policies, minimumProof: 'etag', afterCopy: 'delete-source' } as const;
    const bucket = { accountId: 'bucket', container: 'media', prefix: 'new/' };
    const move = (change: Partial<Parameters<typeof submitMigration>[1]>) =>
      test.coordinator.call((desk) =>
        submitMigration(desk, { ...REQUEST, destination: bucket, policies: MOVE, ...change }),
      );
    beforeEach(() =>
      test.coordinator.call((desk) =>
        desk.store.saveAccount({ id: 'bucket', provider: 's3', name: 'Bucket', options: {}, secretNames: [] }),
      ),
    );

    it.each([
      [
        'nothing can be deleted at the source',
        { source: { accountId: 'http', container: 'https://a.test/', prefix: '' } },
        'policies.afterCopy',
      ],
      ['the destination cannot prove enough', { destination: REQUEST.destination }, 'policies.afterCopy'],
      ['less proof is asked for', { policies: { ...MOVE, minimumProof: 're-read' as const } }, 'policies.minimumProof'],
      [
        'the source lies inside the destination',
        { source: { ...bucket, prefix: 'new/old/' } },
        'destination.container',
      ],
      ['the destination lies inside the source', { source: { ...bucket, prefix: '' } }, 'destination.container'],
      [
        'a copy would stand where a source is',
        {
          source: { ...bucket, prefix: '' },
          selection: {
            kind: 'assets' as const,
            assets: [
              { sourceKey: 'new/a.jpg', destinationKey: 'b.jpg' },
              { sourceKey: 'new/b.jpg', destinationKey: 'c.jpg' },
            ],
          },
        },
        'selection.assets.0.destinationKey',
      ],
      [
        'a source would go before its second copy is made',
        {
          selection: {
            kind: 'assets' as const,
            assets: [
              { sourceKey: 'a.jpg', destinationKey: 'b.jpg' },
              { sourceKey: 'a.jpg', destinationKey: 'c.jpg' },
            ],
          },
        },
        'selection.assets.1.sourceKey',
      ],
    ])('is refused where %s', async (_, change, field) => {
      await expect(move(change)).rejects.toMatchObject({ failure: { field } });
      expect(test.coordinator.store.latestMigrations(5)).toEqual([]);
    });

    it('is taken from a folder to a bucket, and between places of one bucket', async () => {
      await move({});
      await move({ source: { ...bucket, prefix: 'old/' } });
      expect(test.coordinator.store.latestMigrations(5)).toHaveLength(2);
    });
  });

  it.each<[string, string, Partial<ContentRules>, string]>([
    ['tags are kept where there are none', 'local', { tags: 'keep' }, 'policies.content.tags'],
    [
      'tags are set where there are none',
      'local',
      { setTags: [{ name: 'a', value: 'b' }] },
      'policies.content.setTags',
    ],
    ['an ACL is named where there is none', 'local', { acl: 'private' }, 'policies.content.acl'],
    ['an ACL is none of those that are known', 'memory', { acl: 'everybody' }, 'policies.content.acl'],
    [
      'a tag holds what the destination does not take',
      'memory',
      { setTags: [TEAM, { name: 'a!', value: '' }] },
      'policies.content.setTags.1',
    ],
    ['a tag is Amazon’s own', 'memory', { setTags: [{ name: 'aws:x', value: '' }] }, 'policies.content.setTags.0'],
  ])('is refused at its place and leaves nothing: %s', async (_, kind, change, field) => {
    const policies = { ...REQUEST.policies, content: { ...KEEP_CONTENT, ...change } };
    const destination = kind === 'local' ? REQUEST.destination : { accountId: kind, container: 'c', prefix: '' };
    const submitted = test.coordinator.call((desk) => submitMigration(desk, { ...REQUEST, destination, policies }));
    await expect(submitted).rejects.toMatchObject({ failure: { field } });
    expect(test.coordinator.store.latestMigrations(5)).toEqual([]);
  });

  it('is taken where the destination has tags and such an ACL', async () => {
    const content = { ...KEEP_CONTENT, tags: 'keep' as const, setTags: [TEAM], acl: 'public-read' };
    const destination = { accountId: 'memory', container: 'c', prefix: '' };
    const asked = { ...REQUEST, destination, policies: { ...REQUEST.policies, content } };
    const { migrationId } = await test.coordinator.call((desk) => submitMigration(desk, asked));
    expect(test.coordinator.store.migration(migrationId)?.policies.content).toEqual(content);
  });

  it('names the line of a list that is wrong', async () => {
    const assets = [{ sourceKey: 'https://example.test/a' }, { sourceKey: 'not an address' }];
    const source = { accountId: 'http', container: '', prefix: '' };
    const submitted = test.coordinator.call((desk) =>
      submitMigration(desk, { ...REQUEST, source, selection: { kind: 'assets', assets } }),
    );
    await expect(submitted).rejects.toMatchObject({ failure: { field: 'selection.assets.1.sourceKey' } });
  });

  it.each([
    ['example.test/a.jpg?X-Amz-Signature=c0ffee', 'is no http(s) address'],
    ['https://example.test/a/?sig=c0ffee', 'names no file'],
  ])('does not show the permit of a signed address: %s', async (sourceKey, words) => {
    const source = { accountId: 'http', container: '', prefix: '' };
    const selection = { kind: 'assets', assets: [{ sourceKey }] } as const;
    const submitted = test.coordinator.call((desk) => submitMigration(desk, { ...REQUEST, source, selection }));
    const thrown: unknown = await submitted.catch((error: unknown) => error);
    expect(thrown).toHaveProperty('failure.message', expect.stringContaining(words));
    expect(`${JSON.stringify(thrown)} ${String(thrown)}`).not.toContain('c0ffee');
  });

  it('finds two assets that would become one', async () => {
    const assets = [{ sourceKey: 'https://one.test/a.jpg' }, { sourceKey: 'https://two.test/a.jpg' }];
    const source = { accountId: 'http', container: '', prefix: '' };
    const submitted = test.coordinator.call((desk) =>
      submitMigration(desk, { ...REQUEST, source, selection: { kind: 'assets', assets } }),
    );
    await expect(submitted).rejects.toMatchObject({ failure: { code: 'already-exists' } });
  });
});
