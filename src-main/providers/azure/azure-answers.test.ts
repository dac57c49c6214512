/**
 * Owns the proof of what Azure's stand-in never does: busy, broken and lying answers, and fetching from a URL. A server
 * in this process answers whatever a test says.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Digests } from '../../../src-shared/model/asset.ts';
import { FailureError } from '../../../src-shared/model/failure.ts';
import {
  bufferBody,
  bytesOf,
  codeOf,
  md5,
  NEVER_ABORTED,
  readAll,
  streamBody,
  writeOptions,
} from '../conformance/fixture.ts';
import { createMemory } from '../memory/memory-provider.ts';
import type { CopySource, Provider } from '../provider.ts';
import { AzureClient } from './azure-client.ts';
import { AzureProvider } from './azure-provider.ts';
import { azureSettings } from './azure-settings.ts';

const SECRET = 'dGhlLXNlY3JldC1zaWduYXR1cmU';
const DATE = 'Sat, 21 Nov 2026 08:00:00 GMT';
const MIB = 1024 * 1024;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Asked {
  /** "PUT block", "GET blocklist", "DELETE": method, and what the query asks for. */
  readonly what: string;
  readonly headers: IncomingMessage['headers'];
  readonly url: string;
  readonly text: string;
}
type Answer = (asked: Asked, response: ServerResponse) => void;

async function start(answer: Answer): Promise<{ provider: AzureProvider; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const comp = new URL(request.url ?? '', 'http://x').searchParams.get('comp');
    const what = comp === null ? `${request.method}` : `${request.method} ${comp}`;
    const one = { what, headers: request.headers, url: request.url ?? '', text: Buffer.concat(chunks).toString() };
    asked.push(one);
    response.setHeader('date', DATE).setHeader('content-type', 'application/xml');
    answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const options = { accountName: 'media', endpoint: `http://127.0.0.1:${port}/media` };
  const settings = azureSettings({ options, secrets: { sasToken: `sv=2024-11-04&sig=${SECRET}` } });
  const provider = new AzureProvider(new AzureClient(settings), 8 * MIB);
  // Resolves only when no connection is left open.
  closing.push(async () => {
    await provider.close();
    await new Promise((resolve) => server.close(resolve));
  });
  return { provider, asked };
}

function refuse(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'x-ms-error-code': code, ...headers });
  response.end(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
}

async function failureOf(work: Promise<unknown>) {
  const thrown = await work.catch((error: unknown) => error);
  if (thrown instanceof FailureError) return thrown.failure;
  throw new Error(`Expected a failure, got ${String(thrown)}`);
}

test('a busy service is asked once, and its wait is kept', async () => {
  const { provider, asked } = await start((_, response) => refuse(response, 503, 'ServerBusy', { 'retry-after': '7' }));
  const failure = await failureOf(provider.write('media', 'k', bufferBody(bytesOf(5)), writeOptions()));
  expect(failure).toMatchObject({ code: 'rate-limited', retryable: true, retryAfterMs: 7_000 });
  expect(asked).toHaveLength(1);
  expect(JSON.stringify(failure)).not.toContain(SECRET);
});

test.each([
  [403, 'AuthenticationFailed', 'auth-expired', 'secrets.sasToken', false],
  [403, 'AuthorizationPermissionMismatch', 'permission-denied', undefined, false],
  [404, 'ContainerNotFound', 'not-found', 'container', false],
  [400, 'Md5Mismatch', 'checksum-mismatch', undefined, true],
  [409, 'BlobImmutableDueToPolicy', 'permission-denied', undefined, false],
  [412, 'LeaseIdMissing', 'permission-denied', undefined, false],
  [413, 'RequestBodyTooLarge', 'too-large', undefined, false],
  [409, 'BlobTagsNotSupportedForAccountType', 'unsupported', undefined, false],
  [500, 'OperationTimedOut', 'timeout', undefined, true],
  [500, 'SomethingNew', 'network', undefined, true],
  [418, 'SomethingNew', 'unexpected', undefined, false],
] as const)('%i %s is %s', async (status, azureCode, code, field, retryable) => {
  const { provider } = await start((_, response) => refuse(response, status, azureCode));
  const failure = await failureOf(provider.write('media', 'k', bufferBody(bytesOf(5)), writeOptions()));
  expect(failure).toMatchObject({ code, retryable });
  expect(failure.field).toBe(field);
});

test('a redirect is not followed', async () => {
  const { provider, asked } = await start((_, response) => {
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect(await codeOf(provider.open('media', 'k', { signal: NEVER_ABORTED }))).toBe('unsupported');
  expect(asked).toHaveLength(1);
});

test('nobody there: the field is the address, and the token is not told', async () => {
  const settings = { accountName: 'media', endpoint: 'http://127.0.0.1:9' };
  const client = new AzureClient(azureSettings({ options: settings, secrets: { sasToken: `sig=${SECRET}` } }));
  const failure = await failureOf(new AzureProvider(client, 1).head('media', 'k', NEVER_ABORTED));
  expect(failure).toMatchObject({ code: 'network', field: 'options.endpoint' });
  expect(JSON.stringify(failure)).not.toContain(SECRET);
  await client.close();
});

test('bytes that break off are a network failure, and nobody asks for the rest', async () => {
  const { provider, asked } = await start((_, response) => {
    response.writeHead(200, { etag: '"1"', 'content-length': '100' });
    response.write('only this', () => response.destroy());
  });
  const opened = await provider.open('media', 'k', { signal: NEVER_ABORTED });
  expect(await failureOf(readAll(opened.body))).toMatchObject({ code: 'network', retryable: true });
  expect(asked).toHaveLength(1);
});

test('folders of a Data Lake are no assets, and ETags get their quotes', async () => {
  const blob = (name: string, metadata = '') =>
    `<Blob><Name>${name}</Name><Properties><Last-Modified>${DATE}</Last-Modified><Etag>0x1</Etag><Content-Length>3</Content-Length>` +
    `<BlobType>BlockBlob</BlobType></Properties><Metadata>${metadata}</Metadata></Blob>`;
  const { provider, asked } = await start((_, response) => {
    const blobs = blob('a', '<hdi_isfolder>true</hdi_isfolder>') + blob('a/b');
    response.end(
      `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${blobs}</Blobs><NextMarker>next</NextMarker></EnumerationResults>`,
    );
  });
  const options = { position: 'marker', limit: 9_999, signal: NEVER_ABORTED };
  expect(await provider.list('media', 'a', options)).toEqual({
    assets: [{ key: 'a/b', sizeBytes: 3, versionToken: '"0x1"', modifiedAtMs: Date.parse(DATE) }],
    position: 'next',
  });
  expect(asked[0]?.url).toMatch(/marker=marker.*maxresults=5000|maxresults=5000.*marker=marker/);
});

/** Keeps the blocks of one blob like the service; `onCommit` may break the answer. */
function blockStore(onCommit: (response: ServerResponse) => void, storedIds = (ids: readonly string[]) => ids): Answer {
  const sizes = new Map<string, number>();
  let committed: readonly string[] = [];
  return ({ what, url, text, headers }, response) => {
    if (what === 'PUT block') {
      sizes.set(new URL(url, 'http://x').searchParams.get('blockid') ?? '', Number(headers['content-length']));
      response.writeHead(201).end();
    } else if (what === 'PUT blocklist') {
      committed = storedIds([...text.matchAll(/<Latest>([^<]+)<\/Latest>/g)].map((match) => match[1] ?? ''));
      onCommit(response);
    } else if (what === 'GET blocklist') {
      const rows = committed.map((id) => `<Block><Name>${id}</Name><Size>${sizes.get(id)}</Size></Block>`);
      response.writeHead(200, { etag: '"made"' });
      response.end(`<BlockList><CommittedBlocks>${rows.join('')}</CommittedBlocks></BlockList>`);
    } else refuse(response, 404, 'BlobNotFound');
  };
}

test('blocks vouch for themselves when the service names the same ones afterwards', async () => {
  const made = (response: ServerResponse) => void response.writeHead(201, { etag: '"made"' }).end();
  const bytes = bytesOf(20 * MIB);
  const honest = await start(blockStore(made));
  const result = await honest.provider.write('media', 'k', streamBody(bytes), writeOptions());
  expect(result).toEqual({ versionToken: '"made"', vouches: 'etag' });
  const commit = honest.asked.find(({ what }) => what === 'PUT blocklist');
  expect(commit?.headers['x-ms-blob-content-md5']).toBe(Buffer.from(md5(bytes), 'hex').toString('base64'));
  for (const { what, headers } of honest.asked) if (what === 'PUT block') expect(headers['content-md5']).toBeDefined();
  const swapped = await start(blockStore(made, (ids) => ids.toReversed()));
  const unproven = await swapped.provider.write('media', 'k', streamBody(bytes), writeOptions());
  expect(unproven.vouches).toBeNull();
});

test('a commit whose answer is lost is found out to have happened', async () => {
  const { provider } = await start(blockStore((response) => response.destroy()));
  const result = await provider.write('media', 'k', streamBody(bytesOf(20 * MIB)), writeOptions());
  expect(result).toEqual({ versionToken: '"made"', vouches: 'etag' });
});

test('blocks are removed only where there is no blob, and on a condition that a new blob fails', async () => {
  let isThere = false;
  const { provider, asked } = await start(({ what }, response) => {
    if (what === 'GET blocklist') {
      response.end(
        '<BlockList><UncommittedBlocks><Block><Name>eA==</Name><Size>1</Size></Block></UncommittedBlocks></BlockList>',
      );
    } else if (what === 'HEAD' && isThere) response.writeHead(200, { etag: '"1"', 'content-length': '3' }).end();
    else if (what === 'HEAD') refuse(response, 404, 'BlobNotFound');
    else refuse(response, 412, 'ConditionNotMet');
  });
  await provider.giveUp('media', 'k', 'blocks', NEVER_ABORTED);
  expect(asked.at(-1)?.what).toBe('DELETE');
  expect(Date.parse(asked.at(-1)?.headers['if-unmodified-since'] ?? '')).toBeLessThan(Date.parse(DATE));
  isThere = true;
  await provider.giveUp('media', 'k', 'blocks', NEVER_ABORTED);
  expect(asked.filter(({ what }) => what === 'DELETE')).toHaveLength(1);
});

test('removing one version is asked for on that condition', async () => {
  const { provider, asked } = await start((_, response) => refuse(response, 412, 'ConditionNotMet'));
  expect(await codeOf(provider.remove('media', 'k', NEVER_ABORTED, '"1"'))).toBe('source-changed');
  expect(asked[0]?.headers).toMatchObject({ 'if-match': '"1"' });
});

/** An asset of a provider that gives URLs. */
function sourceWith(digests: Digests): CopySource {
  const provider: Provider = Object.assign(createMemory({ options: {}, secrets: {} }), {
    readUrl: async () => 'https://bucket.example.com/k?signed',
    head: async () => ({ ...head, headers: { contentType: 'a/b' }, metadata: {}, digests }),
  });
  const head = { key: 'k', sizeBytes: 10 };
  return { provider, container: 'bucket', key: 'k', head };
}

test('what is elsewhere is fetched from its URL, checked by its digest', async () => {
  const digest = md5(bytesOf(10));
  const base64 = Buffer.from(digest, 'hex').toString('base64');
  const { provider, asked } = await start((_, response) => {
    response.writeHead(201, { etag: '"made"', 'content-md5': base64 }).end();
  });
  const source = sourceWith({ md5: digest });
  const options = writeOptions({ onlyIfAbsent: true });
  const result = await provider.copyFrom(source, 'media', 'k', options);
  expect(result).toEqual({ versionToken: '"made"', vouches: 'checksum' });
  expect(asked[0]?.headers).toMatchObject({
    'x-ms-copy-source': 'https://bucket.example.com/k?signed',
    'x-ms-source-content-md5': base64,
    'x-ms-blob-content-type': 'a/b',
    'if-none-match': '*',
  });
  expect(await provider.copyFrom(sourceWith({}), 'media', 'k', writeOptions())).toBeNull();
  expect(asked).toHaveLength(1);
});

test.each([
  [404, 'CannotVerifyCopySource', 'none'],
  [501, 'NotImplemented', 'none'],
  [400, 'Md5Mismatch', 'checksum-mismatch'],
  [412, 'ConditionNotMet', 'already-exists'],
])('fetching answered by %i %s: %s', async (status, azureCode, code) => {
  const { provider } = await start((_, response) => refuse(response, status, azureCode));
  const copying = provider.copyFrom(
    sourceWith({ md5: '0'.repeat(32) }),
    'media',
    'k',
    writeOptions({ onlyIfAbsent: true }),
  );
  expect(await codeOf(copying)).toBe(code);
  if (code === 'none') expect(await copying).toBeNull();
});

test('a place from which nothing can be fetched is not asked for each asset', async () => {
  const { provider, asked } = await start((_, response) => refuse(response, 404, 'CannotVerifyCopySource'));
  for (let at = 0; at < 5; at += 1) {
    expect(await provider.copyFrom(sourceWith({ md5: '0'.repeat(32) }), 'media', 'k', writeOptions())).toBeNull();
  }
  expect(asked).toHaveLength(3);
});

test.each([
  ['a page of a proxy', '<html><body>Sign in to the network</body></html>'],
  ['nothing', ''],
  ['text', 'Sign in'],
  ['JSON', '{}'],
  ['the beginning of one', '<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>a</Name>'],
])('%s in place of a listing is not an empty container', async (_, body) => {
  const { provider } = await start((__, response) => response.writeHead(200).end(body));
  expect(await codeOf(provider.list('c', '', { position: null, limit: 10, signal: NEVER_ABORTED }))).not.toBe('none');
});
