/**
 * Owns the proof that S3 keeps the contract of providers, against the service inside the test.
 */
import { describeProvider } from '../provider-conformance.ts';
import { s3Descriptor } from './descriptor.ts';
import { S3Client } from './s3-client.ts';
import { S3Provider } from './s3-provider.ts';
import { s3Settings } from './s3-settings.ts';
import { S3TestServer } from './s3-test-server.ts';

describeProvider(
  'S3',
  async () => {
    const server = await S3TestServer.start();
    server.buckets.set('assets', new Map());
    server.buckets.set('empty', new Map());
    const { accessKeyId, secretAccessKey, region } = server.keys;
    const make = (options: Record<string, string> = {}, secret = secretAccessKey) => {
      const settings = s3Settings({
        options: { endpoint: server.endpoint, region, accessKeyId, ...options },
        secrets: { secretAccessKey: secret },
      });
      // Low enough that a test's large assets go up in parts.
      return new S3Provider(new S3Client(settings), 8 * 1024 * 1024);
    };
    const broken = { container: 'assets', role: 'source' } as const;
    return {
      provider: make(),
      another: () => make(),
      container: 'assets',
      emptyContainer: 'empty',
      missingContainer: 'missing',
      seed: null,
      leftovers: async () => [...server.uploads.keys()],
      keepsNewKeysApart: true,
      broken: [
        {
          ...broken,
          what: 'a wrong secret key',
          provider: make({}, 'wrong'),
          step: 'sign',
          code: 'auth-expired',
          field: 'secrets.secretAccessKey',
        },
        {
          ...broken,
          what: 'an unknown access key',
          provider: make({ accessKeyId: 'nobody' }),
          step: 'sign',
          code: 'auth-expired',
          field: 'options.accessKeyId',
        },
        {
          ...broken,
          what: 'a wrong region',
          provider: make({ region: 'elsewhere' }),
          step: 'sign',
          code: 'invalid-input',
          field: 'options.region',
        },
        {
          ...broken,
          what: 'a port where nobody listens',
          provider: make({ endpoint: 'http://127.0.0.1:9' }),
          step: 'connect',
          code: 'network',
          field: 'options.endpoint',
        },
        {
          ...broken,
          what: 'a bucket name with a path',
          provider: make(),
          container: 'assets/images',
          step: 'name',
          code: 'invalid-input',
          field: 'container',
        },
        {
          ...broken,
          what: 'a missing bucket to write to',
          provider: make(),
          container: 'missing',
          role: 'destination',
          step: 'sign',
          code: 'not-found',
          field: 'container',
        },
      ],
      close: () => server.stop(),
    };
  },
  s3Descriptor.capabilities,
);
