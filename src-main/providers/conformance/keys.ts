/**
 * Owns the tests of key fidelity: the key that is written is the key that is listed and read, or it is refused loudly.
 * Part of the suite.
 */
import { describe, expect, test } from 'vitest';
import { FailureError } from '../../../src-shared/model/failure.ts';
import {
  bufferBody,
  codeOf,
  listKeys,
  NEVER_ABORTED,
  type ProviderSetup,
  put,
  readKey,
  type UnderTest,
  writeOptions,
} from './fixture.ts';

/** Keys that clients, servers and file systems are known to change, merge or trip over. */
export const NASTY_KEYS: readonly string[] = [
  'plain.txt',
  'a/../k',
  'a/./k',
  'a//k',
  '/lead',
  'dir/',
  ' x',
  'x ',
  'x.',
  '.hidden',
  '...',
  'a b+c%2F',
  'a%20b',
  '100%',
  '%2e%2e%2fup',
  '%00',
  '+',
  'a+b',
  '?query=1&x#fragment',
  'semi;colon:at@comma,equals=',
  'quotes\'"`',
  'brackets[]{}()<>',
  '$(id);`id`|&*!~^',
  'back\\slash',
  '-rf',
  '__proto__',
  'caf\u00e9-nfc',
  'cafe\u0301-nfd',
  'каталог/осень/файл.webp',
  '日本語/画像.png',
  'emoji-👩‍👩‍👧.png',
  '\u202Ertl-\u2028sep',
  'tab\there',
  'esc\u001b[2J',
  'line\nbreak',
  'nul\0byte',
  'Case',
  'case',
  'con',
  'nul.txt',
  'x'.repeat(255),
  'y'.repeat(256),
  `${'z'.repeat(200)}/`.repeat(5).slice(0, 1_024),
  `${'w'.repeat(200)}/`.repeat(6).slice(0, 1_025),
  '=cmd|calc',
  '<img src=x onerror=alert(1)>',
  '{{7*7}}',
];

export function testKeys({ setup, capabilities }: UnderTest): void {
  if (capabilities.canWrite) testWritableKeys(setup);
  else testReadableKeys(setup);
}

function testWritableKeys(setup: UnderTest['setup']): void {
  describe('those it takes', () => {
    test.each(NASTY_KEYS.map((key) => [key]))('%j comes back as it went', async (key) => {
      const { provider, container } = setup();
      const bytes = Buffer.from(`bytes of ${key}`);
      if (!holds(setup(), key)) {
        expect(await codeOf(provider.write(container, key, bufferBody(bytes), writeOptions()))).toBe('name-invalid');
        return;
      }
      await provider.write(container, key, bufferBody(bytes), writeOptions());
      expect(await readKey(setup(), key)).toEqual(bytes);
      expect((await provider.head(container, key, NEVER_ABORTED))?.key).toBe(key);
      const isListed = (await listKeys(provider, container, key)).includes(key);
      expect(isListed).toBe(setup().hidesFromLists?.(key) !== true);
    });

    test('all of them live side by side', async () => {
      const { provider, container } = setup();
      const held = NASTY_KEYS.filter((key) => holds(setup(), key));
      for (const key of held) await provider.write(container, key, bufferBody(Buffer.from(key)), writeOptions());
      for (const key of held) expect((await readKey(setup(), key)).toString()).toBe(key);
      const listed = new Set(await listKeys(provider, container, ''));
      const missing = held.filter((key) => !listed.has(key));
      expect(missing).toEqual(held.filter((key) => setup().hidesFromLists?.(key) === true));
    });

    test('half a surrogate pair is refused, because it would become another key', () => {
      const { provider, container } = setup();
      expect(() => provider.assertKey(container, 'half-\ud800')).toThrow(FailureError);
      expect(() => provider.assertKey(container, '')).toThrow(FailureError);
    });
  });
}

/** What a file system behind a server can hold. */
function testReadableKeys(setup: UnderTest['setup']): void {
  describe('those that are there', () => {
    const readable = NASTY_KEYS.filter((key) => !/\/\/|^\/|\/$|(^|\/)\.{1,2}(\/|$)|\0/.test(key) && fitsFileName(key));
    test.each(readable.map((key) => [key]))('%j is listed and read', async (key) => {
      await put(setup(), `nasty/${key}`, Buffer.from(key));
      expect((await readKey(setup(), `nasty/${key}`)).toString()).toBe(key);
      const { provider, container, hidesFromLists } = setup();
      const isListed = (await listKeys(provider, container, 'nasty/')).includes(`nasty/${key}`);
      expect(isListed).toBe(hidesFromLists?.(`nasty/${key}`) !== true);
    });
  });
}

function holds({ provider, container }: ProviderSetup, key: string): boolean {
  try {
    provider.assertKey(container, key);
    return true;
  } catch (thrown) {
    if (thrown instanceof FailureError && thrown.failure.code === 'name-invalid') return false;
    throw thrown;
  }
}

function fitsFileName(key: string): boolean {
  return key.split('/').every((segment) => Buffer.byteLength(segment) <= 255);
}
