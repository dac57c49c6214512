/**
 * Owns the proof that Google Cloud Storage keeps the contract of providers, against the service inside the test: there
 * is no other proof.
 */
import { generateKeyPairSync } from 'node:crypto';
import { describeProvider } from '../provider-conformance.ts';
import { gcsDescriptor } from './descriptor.ts';
import { createGcs } from './gcs-provider.ts';
import { GcsTestServer } from './gcs-test-server.ts';

describeProvider(
  'Google Cloud Storage',
  async () => {
    const server = await GcsTestServer.start();
    server.objects.buckets.set('assets', new Map());
    server.objects.buckets.set('empty', new Map());
    const make = () => createGcs(server.account());
    const otherKey = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
    const broken = { container: 'assets', role: 'source' } as const;
    const badKey = {
      ...broken,
      step: 'sign',
      code: 'auth-expired',
      field: 'secrets.serviceAccountKey',
    } as const;
    return {
      provider: make(),
      another: make,
      container: 'assets',
      emptyContainer: 'empty',
      missingContainer: 'missing',
      seed: null,
      leftovers: async () => server.openSessions(),
      keepsNewKeysApart: true,
      headersNotKept: ['expires'],
      broken: [
        {
          ...badKey,
          what: 'the key of another account',
          provider: createGcs(server.account({ client_email: 'nobody@elsewhere.iam.gserviceaccount.com' })),
        },
        {
          ...badKey,
          what: 'a private key that is not the one of the account',
          provider: createGcs(
            server.account({ private_key: otherKey.export({ type: 'pkcs8', format: 'pem' }).toString() }),
          ),
        },
        {
          ...badKey,
          what: 'a token endpoint where nobody listens',
          provider: createGcs(server.account({ token_uri: 'http://127.0.0.1:9/token' })),
          code: 'network',
        },
        {
          ...broken,
          what: 'a port where nobody listens',
          provider: createGcs({ ...server.account(), options: { endpoint: 'http://127.0.0.1:9' } }),
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
  gcsDescriptor.capabilities,
);
