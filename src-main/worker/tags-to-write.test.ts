/** Proves which tags an asset arrives with, what asking for them costs, and that tags nobody can hold cost no bytes. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ContentChange } from '../../src-shared/model/content-rules.ts';
import { fail } from '../../src-shared/model/failure.ts';
import { memoryDescriptor } from '../providers/memory/descriptor.ts';
import type { Provider } from '../providers/provider.ts';
import { KEY, memoryProvider, put, type Stage, setStage } from './staged-attempt.ts';

const OWN = { team: 'assets', 'cost centre': '47/11' };

let stage: Stage;
beforeEach(() => {
  stage = setStage();
  put(stage.source, Buffer.from('some bytes'), { versionToken: 'v1' }, OWN);
});
afterEach(() => stage.tearDown());

const asked = (change: Partial<ContentChange>) => ({ order: { content: { ...stage.order.content, ...change } } });
const arrived = () => stage.destination.get(KEY)?.tags;

test.each<[Partial<ContentChange>, Record<string, string>]>([
  [{}, {}],
  [{ tags: 'keep' }, OWN],
  [{ setTags: { by: 'transship' } }, { by: 'transship' }],
  [
    { tags: 'keep', setTags: { team: 'web' } },
    { ...OWN, team: 'web' },
  ],
])('with %j it has the tags %j', async (change, tags) => {
  expect(await stage.run(asked(change))).toMatchObject({ kind: 'completed' });
  expect(arrived()).toEqual(tags);
});

test('the source is asked for tags once, and only where they are kept', async () => {
  const tags = vi.fn<NonNullable<Provider['tags']>>(async () => OWN);
  await stage.run({ source: { tags } });
  await stage.run({ source: { tags }, ...asked({ setTags: { a: 'b' } }) });
  expect(tags).not.toHaveBeenCalled();
  stage.destination.clear();
  await stage.run({ source: { tags }, ...asked({ tags: 'keep' }) });
  expect(tags).toHaveBeenCalledOnce();
});

test('a source of a kind without tags has none to keep', async () => {
  const source: Partial<Provider> = {};
  Reflect.set(source, 'tags', undefined);
  expect(await stage.run({ source, ...asked({ tags: 'keep' }) })).toMatchObject({ kind: 'completed' });
  expect(arrived()).toEqual({});
});

test('tags that may not be read are a failure, not an asset without them', async () => {
  const tags: Provider['tags'] = async () => fail('permission-denied', 'Tags are not yours to read.');
  const report = await stage.run({ source: { tags }, ...asked({ tags: 'keep' }) });
  expect(report).toMatchObject({ kind: 'failed', failure: { code: 'permission-denied', retryable: false } });
  expect(stage.destination.size).toBe(0);
});

test.each<[string, Record<string, string>, string]>([
  ['too many', Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`n${at}`, ''])), 'There are 11 tags'],
  ['a character that is not taken', { 'a@b': 'c' }, 'The tag "a@b" holds a character'],
  ['a value that is too long', { a: 'x'.repeat(257) }, 'The tag "a" is too long'],
])('tags that the destination cannot hold cost no byte: %s', async (_, own, words) => {
  const open = vi.fn<Provider['open']>();
  const descriptor = {
    ...memoryDescriptor,
    capabilities: { ...memoryDescriptor.capabilities, tagCharacters: 'a-z0-9' },
  };
  const source = { open, tags: async () => own };
  const report = await stage.run({ source, destination: { descriptor }, ...asked({ tags: 'keep' }) });
  expect(report).toMatchObject({
    kind: 'failed',
    failure: { code: 'invalid-input', retryable: false, message: expect.stringContaining(words) },
  });
  expect(open).not.toHaveBeenCalled();
});

test('the ACL goes with the write', async () => {
  const inner = await memoryProvider();
  const write = vi.fn<Provider['write']>((...args) => inner.write(...args));
  await stage.run({ destination: { write }, ...asked({ acl: 'public-read' }) });
  expect(write.mock.calls[0]?.[3].acl).toBe('public-read');
});
