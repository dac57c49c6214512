/** Proves that an account is saved with its options, those included that are whole files. */
import { expect, test } from 'vitest';
import type { Call } from './call-house.ts';
import { VERBS } from './cli-verbs.ts';
import type { VerbInput } from './verb.ts';

test('options from the command line and from files, secrets from standard input', async () => {
  const asked: unknown[] = [];
  const call = (async (_: string, params: unknown) => {
    asked.push(params);
    return { id: 'a1' };
  }) as unknown as Call;
  const input: Partial<VerbInput> = {
    words: ['s3', 'media'],
    flags: { option: 'endpoint=https://s3.example\naccessKeyId=a=b', 'option-file': 'authority=ca.pem' },
    readInput: async () => '{"secretAccessKey":"x"}',
    readFile: async (path) => Buffer.from(`-----BEGIN ${path}\nAAA=\n`),
  };
  await VERBS['add-account']?.run(call, input as VerbInput);
  expect(asked).toEqual([
    {
      provider: 's3',
      name: 'media',
      options: {
        endpoint: 'https://s3.example',
        accessKeyId: 'a=b',
        authority: '-----BEGIN ca.pem\nAAA=\n',
      },
      secrets: { secretAccessKey: 'x' },
    },
  ]);
});
