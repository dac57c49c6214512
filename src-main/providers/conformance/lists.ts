/**
 * Owns the tests of listing: nothing twice, nothing lost, places found again after a restart. Part of the suite.
 */
import { expect, test } from 'vitest';
import { FailureError } from '../../../src-shared/model/failure.ts';
import {
  bufferBody,
  bytesOf,
  codeOf,
  listKeys,
  NEVER_ABORTED,
  put,
  readAll,
  type UnderTest,
  writeOptions,
} from './fixture.ts';

/** Folders, names that sort around "/", and a name that is the beginning of another. */
const TREE = [
  'tree/a',
  'tree/a-b/1',
  'tree/a.txt',
  'tree/b/1',
  'tree/b/2/deep/er/x',
  'tree/b/2/y',
  'tree/b/20',
  'tree/b0',
  'tree/c/ä/ö',
  ...Array.from({ length: 16 }, (_, at) => `tree/many/${String(at).padStart(3, '0')}.bin`),
];

export function testLists({ setup, capabilities }: UnderTest): void {
  const fill = async (): Promise<void> => {
    for (const key of TREE) await put(setup(), key, bytesOf(key.length));
    await put(setup(), 'tree2', bytesOf(3));
  };

  test('every asset once, whatever the size of the pages', async () => {
    await fill();
    const { provider, container } = setup();
    const whole = await listKeys(provider, container, 'tree/');
    expect([...whole].sort()).toEqual([...TREE].sort());
    for (const limit of [1, 7, TREE.length, TREE.length + 1]) {
      expect(await listKeys(provider, container, 'tree/', limit)).toEqual(whole);
    }
  });

  test('goes on after the last key in another process', async () => {
    await fill();
    const { provider, another, container } = setup();
    const options = { limit: 9, signal: NEVER_ABORTED };
    const first = await provider.list(container, 'tree/', { position: null, ...options });
    expect(first.assets).toHaveLength(9);
    const second = another();
    const rest: string[] = [];
    let { position } = first;
    while (position !== null) {
      const page = await second.list(container, 'tree/', { position, ...options });
      rest.push(...page.assets.map((asset) => asset.key));
      position = page.position;
    }
    await second.close();
    expect([...first.assets.map((asset) => asset.key), ...rest].sort()).toEqual([...TREE].sort());
  });

  test('a prefix is the beginning of a key, not a folder', async () => {
    await fill();
    const { provider, container } = setup();
    expect(await listKeys(provider, container, 'tree/b')).toHaveLength(5);
    expect(await listKeys(provider, container, 'tree/b/2')).toHaveLength(3);
    expect(await listKeys(provider, container, 'tree')).toHaveLength(TREE.length + 1);
    expect(await listKeys(provider, container, 'tree/nothing-begins-like-this')).toEqual([]);
  });

  test('the keys behind one come in the order of their bytes, where that can be asked', async ({ skip }) => {
    const { provider, container } = setup();
    if (provider.keysAfter === undefined) return skip('not offered');
    await fill();
    const inOrder = [...TREE].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const { keys } = await provider.keysAfter(container, 'tree/b', NEVER_ABORTED);
    const found = keys.filter((key) => key.startsWith('tree/'));
    expect(found).toEqual(inOrder.slice(inOrder.indexOf('tree/b/1')));
    expect(await provider.keysAfter(container, '\u{10ffff}', NEVER_ABORTED)).toEqual({ keys: [], isEnd: true });
  });

  test('a listed size is the size, or unknown', async () => {
    await fill();
    const { provider, container } = setup();
    const page = await provider.list(container, 'tree/', { position: null, limit: 5, signal: NEVER_ABORTED });
    for (const asset of page.assets) expect([asset.key.length, -1]).toContain(asset.sizeBytes);
  });

  test('a listed version opens that version', async () => {
    await fill();
    const { provider, container } = setup();
    const page = await provider.list(container, 'tree/', { position: null, limit: 5, signal: NEVER_ABORTED });
    for (const { key, versionToken } of page.assets) {
      const options = { signal: NEVER_ABORTED, ...(versionToken === undefined ? {} : { ifVersion: versionToken }) };
      const opened = await provider.open(container, key, options);
      expect((await readAll(opened.body)).byteLength).toBe(key.length);
    }
  });

  test('an empty container is an empty page', async () => {
    const { provider, emptyContainer } = setup();
    const page = await provider.list(emptyContainer, '', { position: null, limit: 10, signal: NEVER_ABORTED });
    expect(page).toEqual({ assets: [], position: null });
  });

  test('a container that is not there is not-found, at the field of the container', async () => {
    const { provider, missingContainer } = setup();
    const listing = provider.list(missingContainer, '', { position: null, limit: 10, signal: NEVER_ABORTED });
    const thrown = await listing.catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(FailureError);
    expect(thrown).toHaveProperty('failure.code', 'not-found');
    expect(thrown).toHaveProperty('failure.field', 'container');
  });

  test.runIf(capabilities.canWrite)('what was removed is not listed', async () => {
    const { provider, container } = setup();
    await provider.write(container, 'gone/1', bufferBody(bytesOf(1)), writeOptions());
    await provider.remove(container, 'gone/1', NEVER_ABORTED);
    expect(await listKeys(provider, container, 'gone/')).toEqual([]);
  });

  test('an aborted listing ends with the reason of the abort', async () => {
    const { provider, container } = setup();
    const reason = new Error('enough');
    const listing = provider.list(container, '', { position: null, limit: 10, signal: AbortSignal.abort(reason) });
    await expect(listing).rejects.toBe(reason);
    await expect(codeOf(listing)).rejects.toBe(reason);
  });
}
