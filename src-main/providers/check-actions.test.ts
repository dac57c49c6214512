/** Proves that the test of a source is about the source, not about an asset that somebody removes while it runs. */
import { expect, test } from 'vitest';
import { FailureError, failure } from '../../src-shared/model/failure.ts';
import { readingActions } from './check-actions.ts';
import type { CheckFindings } from './check-steps.ts';
import type { OpenedAsset, Provider } from './provider.ts';

/** Lists these keys, and holds those of them that are not gone. */
function sourceOf(keys: readonly string[], gone: readonly string[]) {
  const opened: string[] = [];
  const provider = {
    list: async () => ({ assets: keys.map((key) => ({ key, sizeBytes: 1 })), position: null }),
    open: async (_container: string, key: string): Promise<OpenedAsset> => {
      if (gone.includes(key)) throw new FailureError(failure('not-found', `There is no ${key}.`));
      opened.push(key);
      return { head: { key, sizeBytes: 1, headers: {}, metadata: {}, digests: {} }, body: nothing(), close() {} };
    },
  };
  return { provider: provider as unknown as Provider, opened };
}

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {}

async function check(keys: readonly string[], gone: readonly string[]): Promise<readonly string[]> {
  const { provider, opened } = sourceOf(keys, gone);
  const findings: CheckFindings = { remarks: [], sampleKeys: [] };
  const place = { provider, container: 'c', prefix: '', signal: new AbortController().signal };
  for (const { run } of readingActions(place, findings)) await run();
  return opened;
}

test('reads the first asset, and the next one where that has gone since it was listed', async () => {
  expect(await check(['a', 'b', 'c'], [])).toEqual(['a']);
  expect(await check(['a', 'b', 'c'], ['a', 'b'])).toEqual(['c']);
  expect(await check([], [])).toEqual([]);
});

test('fails where nothing that is listed can be found', async () => {
  await expect(check(['a', 'b'], ['a', 'b'])).rejects.toThrow('There is no b.');
});
