/**
 * Owns the proof that Azure keeps the contract of providers against a real service, which the environment names. The
 * account key must be allowed to make containers. Run by `npm run test:servers`.
 */
import { randomBytes } from 'node:crypto';
import { AccountSASPermissions, BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { describe, expect, test } from 'vitest';
import { bufferBody, bytesOf, codeOf, md5, NEVER_ABORTED, readAll, writeOptions } from '../conformance/fixture.ts';
import type { CopySource, Provider } from '../provider.ts';
import { describeProvider } from '../provider-conformance.ts';
import { AzureClient } from './azure-client.ts';
import { AzureProvider } from './azure-provider.ts';
import { azureSettings } from './azure-settings.ts';
import { azureDescriptor } from './descriptor.ts';

const {
  TRANSSHIP_TEST_AZURE_ENDPOINT: endpoint,
  TRANSSHIP_TEST_AZURE_ACCOUNT: accountName = '',
  TRANSSHIP_TEST_AZURE_KEY: accountKey = '',
} = process.env;

/** Low enough that a test's large assets go up in blocks. */
const BLOCKS_FROM_BYTES = 8 * 1024 * 1024;
const SAS_RIGHTS = AccountSASPermissions.parse('rwdlc');

if (endpoint === undefined) test.skip('TRANSSHIP_TEST_AZURE_ENDPOINT names no service');
else {
  describeProvider(`Azure at ${endpoint}`, () => setUp(endpoint), azureDescriptor.capabilities);
  describe('Azure alone', () => testAzure(endpoint));
}

function make(address: string, secrets: Readonly<Record<string, string>> = { accountKey }): AzureProvider {
  const settings = azureSettings({ options: { accountName, endpoint: address }, secrets });
  return new AzureProvider(new AzureClient(settings), BLOCKS_FROM_BYTES);
}

function serviceAt(address: string): BlobServiceClient {
  return new BlobServiceClient(address, new StorageSharedKeyCredential(accountName, accountKey));
}

async function makeContainer(service: BlobServiceClient): Promise<string> {
  const name = `c${randomBytes(6).toString('hex')}`;
  await service.createContainer(name);
  return name;
}

async function setUp(address: string) {
  const service = serviceAt(address);
  const container = await makeContainer(service);
  const source = { container, role: 'source' } as const;
  return {
    provider: make(address),
    another: () => make(address),
    container,
    emptyContainer: await makeContainer(service),
    missingContainer: 'transship-no-such-container',
    seed: null,
    leftovers: () => uncommittedKeys(service, container),
    keepsNewKeysApart: true,
    headersNotKept: ['expires'] as const,
    broken: [
      {
        ...source,
        what: 'a wrong account key',
        provider: make(address, { accountKey: Buffer.alloc(64, 'wrong').toString('base64') }),
        step: 'sign',
        code: 'auth-expired',
        field: 'secrets.accountKey',
      },
      {
        ...source,
        what: 'a SAS token that was not signed',
        provider: make(address, { sasToken: 'sv=2021-12-02&ss=b&srt=sco&sp=rl&se=2099-01-01T00:00:00Z&sig=AAAA' }),
        step: 'sign',
        code: 'auth-expired',
        field: 'secrets.sasToken',
      },
      {
        ...source,
        what: 'a port where nobody listens',
        provider: make(`http://127.0.0.1:9/${accountName}`),
        step: 'connect',
        code: 'network',
        field: 'options.endpoint',
      },
      {
        what: 'a missing container to write to',
        provider: make(address),
        container: 'transship-no-such-container',
        role: 'destination',
        step: 'sign',
        code: 'not-found',
        field: 'container',
      },
    ] as const,
    close: async () => undefined,
  };
}

/** Names under which blocks rest without a blob. */
async function uncommittedKeys(service: BlobServiceClient, container: string): Promise<readonly string[]> {
  const client = service.getContainerClient(container);
  const keys = new Set<string>();
  for await (const { name } of client.listBlobsFlat({ includeUncommitedBlobs: true })) keys.add(name);
  for await (const { name } of client.listBlobsFlat()) keys.delete(name);
  return [...keys];
}

function testAzure(address: string): void {
  const service = serviceAt(address);

  /** A blob in a container of its own. */
  async function blobOf(provider: Provider, bytes: Buffer): Promise<CopySource> {
    const container = await makeContainer(service);
    const options = writeOptions({ headers: { contentType: 'image/png' }, metadata: { owner: 'web' } });
    await provider.write(container, 'from/ä b.png', bufferBody(bytes), options);
    const head = await provider.head(container, 'from/ä b.png', NEVER_ABORTED);
    if (head === null) throw new Error('What was written is not there.');
    return { provider, container, key: 'from/ä b.png', head };
  }

  test('a copy inside the account is the same asset', async () => {
    const provider = make(address);
    const bytes = bytesOf(100_000);
    const source = await blobOf(provider, bytes);
    const { container } = source;
    const result = await provider.copyFrom(source, container, 'to.png', writeOptions());
    const copy = await provider.open(container, 'to.png', { signal: NEVER_ABORTED });
    expect(md5(await readAll(copy.body))).toBe(md5(bytes));
    expect(copy.head).toMatchObject({ headers: { contentType: 'image/png' }, metadata: { owner: 'web' } });
    expect(result?.versionToken).toBe(copy.head.versionToken);
    await provider.close();
  });

  test('a copy takes no other version, and nothing that is there', async () => {
    const provider = make(address);
    const source = await blobOf(provider, bytesOf(10));
    const { container, key } = source;
    const options = writeOptions({ onlyIfAbsent: true });
    expect(await codeOf(provider.copyFrom(source, container, key, options))).toBe('already-exists');
    await provider.write(container, key, bufferBody(bytesOf(10)), writeOptions());
    const copying = provider.copyFrom(source, container, 'to.png', writeOptions());
    expect(await codeOf(copying)).toBe('source-changed');
    expect(await provider.head(container, 'to.png', NEVER_ABORTED)).toBeNull();
    await provider.close();
  });

  test('a URL lets others read for a while, and a SAS token has none to give', async () => {
    const provider = make(address);
    const bytes = bytesOf(1_000);
    const { container, key } = await blobOf(provider, bytes);
    const answer = await fetch((await provider.readUrl(container, key, 60_000)) ?? '');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
    const expired = await fetch((await provider.readUrl(container, key, -60_000)) ?? '');
    await expired.body?.cancel();
    expect(expired.status).toBe(403);
    const withToken = make(address, { sasToken: 'sig=AAAA' });
    expect(await withToken.readUrl(container, key, 60_000)).toBeNull();
    await withToken.close();
    await provider.close();
  });

  test('a SAS token reads, writes and resumes like the key', async () => {
    const url = new URL(service.generateAccountSasUrl(new Date(Date.now() + 600_000), SAS_RIGHTS, 'sco'));
    const provider = make(address, { sasToken: url.search });
    const bytes = bytesOf(BLOCKS_FROM_BYTES + 5);
    const source = await blobOf(provider, bytes);
    const opened = await provider.open(source.container, source.key, { signal: NEVER_ABORTED });
    expect(md5(await readAll(opened.body))).toBe(md5(bytes));
    expect((await provider.check(source.container, '', 'destination', NEVER_ABORTED)).failure).toBeNull();
    expect(await provider.copyFrom(source, source.container, 'copy', writeOptions())).not.toBeNull();
    await provider.close();
  });

  test('giving up never harms a blob', async () => {
    const provider = make(address);
    const container = await makeContainer(service);
    const bytes = bytesOf(50);
    await provider.write(container, 'kept', bufferBody(bytes), writeOptions());
    const blob = service.getContainerClient(container).getBlockBlobClient('kept');
    await blob.stageBlock(Buffer.alloc(48, 'x').toString('base64'), 'left over', 9);
    await provider.giveUp(container, 'kept', 'blocks', NEVER_ABORTED);
    expect(await readAll((await provider.open(container, 'kept', { signal: NEVER_ABORTED })).body)).toEqual(bytes);
    await provider.close();
  });
}
