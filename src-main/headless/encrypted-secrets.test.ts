/** Proves secrets at rest on a server. */
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEncryptedSecrets } from './encrypted-secrets.ts';

const CANARY = 'canary-7f3a91c2';
const folder = (): string => mkdtempSync(join(tmpdir(), 'transship-secrets-'));

describe('sealed secrets', () => {
  it('come back after a restart with the same passphrase, and lie on disk unreadable', async () => {
    const profile = folder();
    await openEncryptedSecrets(profile, 'harbour', {}).write('acc', { secretAccessKey: CANARY });
    const path = join(profile, 'secrets.json');
    expect(readFileSync(path, 'utf8')).not.toContain(CANARY);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await openEncryptedSecrets(profile, 'harbour', {}).read('acc')).toEqual({ secretAccessKey: CANARY });
  });

  it('refuse another passphrase at the start, and leave the file as it is', async () => {
    const profile = folder();
    await openEncryptedSecrets(profile, 'harbour', {}).write('acc', { token: CANARY });
    const before = readFileSync(join(profile, 'secrets.json'), 'utf8');
    expect(() => openEncryptedSecrets(profile, 'quay', {})).toThrowError(/cannot be opened/);
    expect(readFileSync(join(profile, 'secrets.json'), 'utf8')).toBe(before);
  });

  it('notice a box that was moved to another account', async () => {
    const profile = folder();
    await openEncryptedSecrets(profile, 'harbour', {}).write('one', { token: CANARY });
    const path = join(profile, 'secrets.json');
    const file = JSON.parse(readFileSync(path, 'utf8')) as { accounts: Record<string, unknown> };
    file.accounts = { two: file.accounts.one };
    writeFileSync(path, JSON.stringify(file));
    expect(() => openEncryptedSecrets(profile, 'harbour', {})).toThrowError(/cannot be opened/);
  });

  it('stand below those of the environment', async () => {
    const secrets = openEncryptedSecrets(folder(), 'harbour', {
      TRANSSHIP_SECRET_MY_ACC_SECRET_ACCESS_KEY: 'from outside',
    });
    await secrets.write('my-acc', { secretAccessKey: 'from the file', sessionToken: 'kept' });
    expect(await secrets.read('my-acc')).toEqual({ secretAccessKey: 'from outside', sessionToken: 'kept' });
  });
});
