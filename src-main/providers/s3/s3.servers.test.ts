/**
 * Owns the proof that S3 keeps the contract of providers against a real service, which the environment names. The
 * account must be allowed to make buckets. Run by `npm run test:servers`.
 */
import { hash, randomBytes } from 'node:crypto';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { trustOf } from '../certificate-authority.ts';
import { bufferBody, bytesOf, codeOf, md5, NEVER_ABORTED, streamBody, writeOptions } from '../conformance/fixture.ts';
import { describeProvider } from '../provider-conformance.ts';
import { openConnections } from '../wire/connections.ts';
import { headerOf } from '../wire/response-headers.ts';
import { s3Descriptor } from './descriptor.ts';
import { S3Client } from './s3-client.ts';
import { S3FailureError } from './s3-failure.ts';
import { S3Provider } from './s3-provider.ts';
import { type S3Settings, s3Settings } from './s3-settings.ts';

const {
  TRANSSHIP_TEST_S3_ENDPOINT: endpoint,
  TRANSSHIP_TEST_S3_ACCESS_KEY: accessKeyId = '',
  TRANSSHIP_TEST_S3_SECRET_KEY: secretAccessKey = '',
  TRANSSHIP_TEST_S3_BUCKET: container = '',
  /** Given where the service is behind a front with TLS, whose certificate this authority signed. */
  TRANSSHIP_TEST_S3_AUTHORITY: authority = '',
} = process.env;

const options = { endpoint: endpoint ?? '', accessKeyId, authority };
/** Low enough that a test's large assets go up in parts. */
const MULTIPART_FROM_BYTES = 8 * 1024 * 1024;

if (endpoint === undefined) test.skip('TRANSSHIP_TEST_S3_ENDPOINT names no service');
else {
  describeProvider(`S3 at ${endpoint}`, setUp, s3Descriptor.capabilities);

  test.each(['a b+c/é%2F.txt', 'plain'])(
    'anybody reads %j by the URL that is given away, and only that',
    async (key) => {
      const provider = new S3Provider(new S3Client(s3Settings({ options, secrets: { secretAccessKey } })), 1e9);
      const bytes = bytesOf(1_000);
      await provider.write(container, key, bufferBody(bytes), writeOptions());
      const url = (await provider.readUrl(container, key, 60_000)) ?? '';
      const anybody = openConnections({ trust: trustOf({ options, secrets: {} }) });
      const get = (address: string) => {
        const { origin, pathname, search } = new URL(address);
        return anybody.request({ origin, path: pathname + search, method: 'GET' });
      };
      const answer = await get(url);
      expect([answer.statusCode, md5(Buffer.from(await answer.body.arrayBuffer()))]).toEqual([200, md5(bytes)]);
      const changed = await get(url.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=61'));
      await changed.body.dump();
      expect(changed.statusCode).toBe(403);
      await provider.remove(container, key, NEVER_ABORTED);
      await provider.close();
      await anybody.destroy();
    },
  );

  if (authority !== '') test('connections with TLS are kept and carry one request after the other', keepsConnections);
  // What everybody reads is read without an account, and without its authority.
  else
    test.each(['small', 'large'])(
      'everybody reads a %s one whose ACL says so, or the write is refused',
      async (size) => {
        const client = new S3Client(s3Settings({ options, secrets: { secretAccessKey } }));
        const provider = new S3Provider(client, MULTIPART_FROM_BYTES);
        const bytes = bytesOf(size === 'small' ? 10 : MULTIPART_FROM_BYTES);
        const key = `public/${size}`;
        const writing = provider.write(container, key, streamBody(bytes), writeOptions({ acl: 'public-read' }));
        const code = await codeOf(writing);
        const answer = await request(`${endpoint}/${container}/${key}`);
        await answer.body.dump({ limit: MULTIPART_FROM_BYTES });
        expect(code).toBe(answer.statusCode === 200 ? 'none' : 'unsupported');
        await provider.remove(container, key, NEVER_ABORTED);
        await provider.close();
      },
    );
}

async function keepsConnections(): Promise<void> {
  const client = new S3Client(s3Settings({ options, secrets: { secretAccessKey } }));
  const connections = new Set<string | undefined>();
  for (let asked = 0; asked < 12; asked += 1) {
    const query = { 'list-type': '2', 'max-keys': '1' };
    const list = { method: 'GET', bucket: container, key: '', query, deed: 'list', signal: NEVER_ABORTED } as const;
    const { headers } = await client.requestXml(list, () => undefined);
    connections.add(headerOf(headers, 'x-front-connection'));
  }
  await client.close();
  expect(connections).not.toContain(undefined);
  // A request that follows at once may find the first one still busy with the end of the last answer.
  expect(connections.size).toBeLessThanOrEqual(2);
}

const untrusting = {
  what: 'a certificate of an authority that the account does not name',
  container,
  role: 'source',
  step: 'connect',
  code: 'network',
  field: 'options.authority',
} as const;

async function setUp() {
  const settings = s3Settings({ options, secrets: { secretAccessKey } });
  const client = new S3Client(settings);
  const emptyContainer = `empty-${randomBytes(6).toString('hex')}`;
  await client.request({
    method: 'PUT',
    bucket: emptyContainer,
    key: '',
    deed: 'make a bucket',
    signal: NEVER_ABORTED,
  });
  const make = (changed: S3Settings = settings) => new S3Provider(new S3Client(changed), MULTIPART_FROM_BYTES);
  const withOptions = (changed: Record<string, string>, secret = secretAccessKey) =>
    make(s3Settings({ options: { ...options, ...changed }, secrets: { secretAccessKey: secret } }));
  const source = { container, role: 'source' } as const;
  return {
    provider: make(),
    another: () => make(),
    container,
    emptyContainer,
    missingContainer: 'transship-no-such-bucket',
    seed: null,
    leftovers: () => openUploads(client),
    keepsNewKeysApart: await honoursConditions(client),
    ...((await keepsTags(client)) ? {} : { tagsNotKept: true as const }),
    broken: [
      {
        ...source,
        what: 'a wrong secret key',
        provider: withOptions({}, 'wrong'),
        step: 'sign',
        code: 'auth-expired',
        field: 'secrets.secretAccessKey',
      },
      {
        ...source,
        what: 'a port where nobody listens',
        provider: withOptions({ endpoint: 'http://127.0.0.1:9' }),
        step: 'connect',
        code: 'network',
        field: 'options.endpoint',
      },
      {
        what: 'a missing bucket to write to',
        provider: make(),
        container: 'transship-no-such-bucket',
        role: 'destination',
        step: 'sign',
        code: 'not-found',
        field: 'container',
      },
      ...(authority === '' ? [] : [{ ...untrusting, provider: withOptions({ authority: '' }) }]),
    ] as const,
    close: () => client.close(),
  };
}

async function openUploads(client: S3Client): Promise<readonly string[]> {
  const keys: string[] = [];
  const query = { uploads: '' };
  await client.requestXml(
    { method: 'GET', bucket: container, key: '', query, deed: 'list uploads', signal: NEVER_ABORTED },
    (name, text, parent) => {
      if (name === 'Key' && parent === 'Upload') keys.push(text);
    },
  );
  return keys;
}

async function keepsTags(client: S3Client): Promise<boolean> {
  const bytes = Buffer.from('x');
  try {
    await client.request({
      method: 'PUT',
      bucket: container,
      key: 'tags-probe',
      headers: { 'x-amz-tagging': 'a=b' },
      body: { sizeBytes: 1, payload: hash('sha256', bytes), bytes },
      deed: 'probe tags',
      signal: NEVER_ABORTED,
    });
    return true;
  } catch (thrown) {
    if (thrown instanceof S3FailureError && thrown.status === 501) return false;
    throw thrown;
  }
}

/** Whether a second conditional write of one key is refused for the right reason. */
async function honoursConditions(client: S3Client): Promise<boolean> {
  const bytes = Buffer.from('x');
  const put = () =>
    client.request({
      method: 'PUT',
      bucket: container,
      key: 'condition-probe',
      headers: { 'if-none-match': '*' },
      body: { sizeBytes: 1, payload: hash('sha256', bytes), bytes },
      deed: 'probe conditions',
      signal: NEVER_ABORTED,
    });
  try {
    await put().catch((thrown: unknown) => {
      if (!(thrown instanceof S3FailureError) || thrown.status !== 412) throw thrown;
    });
    await put();
    return false;
  } catch (thrown) {
    if (thrown instanceof S3FailureError) return thrown.status === 412;
    throw thrown;
  }
}
