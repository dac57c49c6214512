/**
 * Owns the proof that web servers keep the contract of providers, with index pages of every known style.
 */
import { describeProvider } from '../provider-conformance.ts';
import { httpDescriptor } from './descriptor.ts';
import { createHttp } from './http-provider.ts';
import { HttpTestServer, type IndexStyle } from './http-test-server.ts';

const STYLES: readonly IndexStyle[] = ['nginx-html', 'nginx-json', 'apache-html'];
const allowed = { options: { allowPrivateAddresses: 'true' }, secrets: {} };

for (const style of STYLES) {
  describeProvider(
    `HTTP with an index page of ${style}`,
    async () => {
      const server = await HttpTestServer.start();
      const locked = await HttpTestServer.start();
      locked.quirks = { wants: 'Bearer secret' };
      server.style = style;
      server.folders.add('empty/').add('base/assets/');
      const broken = { provider: createHttp(allowed), role: 'source' } as const;
      return {
        provider: createHttp(allowed),
        another: () => createHttp(allowed),
        container: `${server.origin}/base/assets/`,
        emptyContainer: `${server.origin}/empty/`,
        missingContainer: `${server.origin}/missing/`,
        seed: async (key, bytes, contentType) => server.put(`base/assets/${key}`, bytes, contentType),
        leftovers: async () => [],
        keepsNewKeysApart: true,
        broken: [
          {
            ...broken,
            what: 'not an address',
            container: 'static.example.com/images',
            step: 'name',
            code: 'invalid-input',
            field: 'container',
          },
          {
            ...broken,
            what: 'a port where nobody listens',
            container: 'http://127.0.0.1:9/',
            step: 'connect',
            code: 'network',
            field: 'container',
          },
          {
            ...broken,
            what: 'a server that wants a sign-in',
            container: `${locked.origin}/`,
            step: 'sign',
            code: 'auth-expired',
            field: 'options.user',
          },
          {
            ...broken,
            what: 'a private address for an account that may not',
            provider: createHttp({ options: {}, secrets: {} }),
            container: `${server.origin}/`,
            step: 'connect',
            code: 'permission-denied',
            field: 'container',
          },
        ],
        close: async () => {
          await server.stop();
          await locked.stop();
        },
      };
    },
    httpDescriptor.capabilities,
  );
}
