/**
 * Owns the proof that memory keeps the contract of providers, so that tests and benches on it mean something.
 */
import { expect, test } from 'vitest';
import { listKeys, NEVER_ABORTED, readAll } from '../conformance/fixture.ts';
import { describeProvider } from '../provider-conformance.ts';
import { memoryDescriptor } from './descriptor.ts';
import { createMemory } from './memory-provider.ts';

const account = { options: { containers: 'assets,empty' }, secrets: {} };

describeProvider(
  'memory',
  async () => ({
    provider: createMemory(account),
    another: () => createMemory(account),
    container: 'assets',
    emptyContainer: 'empty',
    missingContainer: 'missing',
    seed: null,
    leftovers: async () => [],
    keepsNewKeysApart: true,
    broken: [
      {
        what: 'a container that is not there',
        provider: createMemory(account),
        container: 'missing',
        role: 'destination',
        step: 'write',
        code: 'not-found',
        field: 'container',
      },
    ],
    close: async () => undefined,
  }),
  memoryDescriptor.capabilities,
);

test('made-up assets are the same in every process and differ from each other', async () => {
  const provider = createMemory(account);
  expect(await listKeys(provider, 'synthetic:25:100000', '', 10)).toHaveLength(25);
  const read = async (key: string) => {
    const opened = await provider.open('synthetic:25:100000', key, { signal: NEVER_ABORTED });
    return readAll(opened.body);
  };
  const first = await read('assets/000000003.bin');
  expect(first).toHaveLength(100_000);
  expect(await read('assets/000000003.bin')).toEqual(first);
  expect(await read('assets/000000004.bin')).not.toEqual(first);
  const range = { first: 65_530, last: 65_545 };
  const opened = await provider.open('synthetic:25:100000', 'assets/000000003.bin', { range, signal: NEVER_ABORTED });
  expect(await readAll(opened.body)).toEqual(first.subarray(65_530, 65_546));
  expect(() => provider.assertKey('synthetic:25:100000', 'x')).toThrow('cannot be written');
});
