/**
 * Owns the proof that keys from elsewhere are fetched once, renewed in time, renewed once more when the service says that
 * they are over, and that Amazon's library finds them where a person put them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { bufferBody, bytesOf, codeOf, NEVER_ABORTED, writeOptions } from '../conformance/fixture.ts';
import { type CredentialChoice, credentialSource, FetchedSource } from './credentials.ts';
import { S3Client } from './s3-client.ts';
import { S3Provider } from './s3-provider.ts';
import { s3Settings } from './s3-settings.ts';
import { S3TestServer } from './s3-test-server.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const HOUR_MS = 3_600_000;
const keys = (name: string, livesMs = HOUR_MS) => ({
  accessKeyId: name,
  secretAccessKey: 'secret',
  sessionToken: `token of ${name}`,
  expiration: new Date(Date.now() + livesMs),
});

describe('keys that are fetched', () => {
  test('are fetched once for all who wait, and again five minutes before they end', async () => {
    vi.useFakeTimers();
    const ask = vi.fn(async () => keys(`k${ask.mock.calls.length}`));
    const source = new FetchedSource('role', ask);
    expect(source.held()).toBeNull();
    await Promise.all([source.fetch(NEVER_ABORTED), source.fetch(NEVER_ABORTED)]);
    expect([ask.mock.calls.length, source.held()?.accessKeyId]).toEqual([1, 'k1']);
    vi.advanceTimersByTime(HOUR_MS - 301_000);
    expect(source.held()).not.toBeNull();
    vi.advanceTimersByTime(2_000);
    expect(source.held()).toBeNull();
    expect((await source.fetch(NEVER_ABORTED)).accessKeyId).toBe('k2');
  });

  test('last to their end when they cannot be renewed, then that is the failure', async () => {
    vi.useFakeTimers();
    const ask = vi.fn(async () => keys('k'));
    const source = new FetchedSource('role', ask);
    await source.fetch(NEVER_ABORTED);
    ask.mockRejectedValue(Object.assign(new Error('away'), { name: 'TimeoutError' }));
    vi.advanceTimersByTime(HOUR_MS - 1_000);
    expect((await source.fetch(NEVER_ABORTED)).accessKeyId).toBe('k');
    vi.advanceTimersByTime(2_000);
    expect(await codeOf(source.fetch(NEVER_ABORTED))).toBe('network');
    ask.mockRejectedValue(Object.assign(new Error('signed out'), { name: 'CredentialsProviderError' }));
    expect(await codeOf(source.fetch(NEVER_ABORTED))).toBe('auth-expired');
  });

  test('are not waited for by who was aborted', async () => {
    const source = new FetchedSource('role', () => new Promise(() => undefined));
    const reason = new Error('enough');
    await expect(source.fetch(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('a service that says they are over', () => {
  async function withServer(ask: () => Promise<ReturnType<typeof keys>>) {
    const server = await S3TestServer.start();
    server.buckets.set('assets', new Map());
    const { region, secretAccessKey, accessKeyId } = server.keys;
    const settings = s3Settings({
      options: { endpoint: server.endpoint, region, credentials: 'role' },
      secrets: {},
    });
    const source = new FetchedSource('role', async () => ({ ...(await ask()), accessKeyId, secretAccessKey }));
    const provider = new S3Provider(new S3Client(settings, source), 1e9);
    const write = (key: string) => provider.write('assets', key, bufferBody(bytesOf(10)), writeOptions());
    return { server, write, end: () => Promise.all([provider.close(), server.stop()]) };
  }

  test('gets others, once for all requests that were refused', async () => {
    const ask = vi.fn(async () => keys(`k${ask.mock.calls.length}`));
    const { server, write, end } = await withServer(ask);
    await write('x');
    server.quirks = { expiredToken: 'token of k1' };
    await Promise.all([write('y'), write('z')]);
    expect([ask.mock.calls.length, server.buckets.get('assets')?.size]).toEqual([2, 3]);
    await end();
  });

  test('and says so again, ends the try with the field where that is mended', async () => {
    const ask = vi.fn(async () => keys('k'));
    const { server, write, end } = await withServer(ask);
    server.quirks = { expiredToken: 'token of k' };
    await expect(write('x')).rejects.toMatchObject({
      failure: { code: 'auth-expired', field: 'options.credentials', retryable: false },
    });
    expect([ask.mock.calls.length, server.requests.length]).toEqual([2, 2]);
    await end();
  });
});

describe("Amazon's library", () => {
  const fetched = (choice: CredentialChoice) => credentialSource(choice).fetch(NEVER_ABORTED);

  test('finds a profile, and what another signing-in wrote to it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'transship-aws-'));
    const file = join(folder, 'credentials');
    const write = (id: string) =>
      writeFileSync(file, `[media]\naws_access_key_id = ${id}\naws_secret_access_key = s\naws_session_token = t\n`);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
    for (const id of ['one', 'two']) {
      write(id);
      const expected = { accessKeyId: id, secretAccessKey: 's', sessionToken: 't' };
      expect(await fetched({ from: 'profile', profile: 'media' })).toEqual(expected);
    }
    await expect(fetched({ from: 'profile', profile: 'none' })).rejects.toMatchObject({
      failure: { code: 'auth-expired', field: 'options.credentials', message: expect.stringContaining('"none"') },
    });
    rmSync(folder, { recursive: true });
  });

  test('finds the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', undefined);
    const expected = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: null };
    expect(await fetched({ from: 'environment' })).toEqual(expected);
  });

  test('finds the role of a container, and when its keys end', async () => {
    const answer = { AccessKeyId: 'id', SecretAccessKey: 's', Token: 't', Expiration: '2000-01-01T00:00:00Z' };
    const server = createServer((_, response) => response.end(JSON.stringify(answer)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${port}/`);
    const source = credentialSource({ from: 'role' });
    expect((await source.fetch(NEVER_ABORTED)).sessionToken).toBe('t');
    expect(source.held()).toBeNull();
    server.closeAllConnections();
    server.close();
  });
});
