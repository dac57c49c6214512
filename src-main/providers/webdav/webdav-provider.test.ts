/**
 * Owns the proof that WebDAV keeps the contract of providers, against a server in this process. Real ones are tried by
 * `npm run test:servers`.
 */
import { describeProvider } from '../provider-conformance.ts';
import { webdavDescriptor } from './descriptor.ts';
import { createWebdav } from './webdav-provider.ts';
import { type WebdavQuirks, WebdavTestServer } from './webdav-test-server.ts';

const KINDS: Readonly<Record<string, WebdavQuirks>> = {
  'a plain server': {},
  'a server with its own ways': { hidesETags: true, weakETags: true, wholeAddresses: true },
};

for (const [name, quirks] of Object.entries(KINDS)) {
  describeProvider(
    `WebDAV on ${name}`,
    async () => {
      const server = await WebdavTestServer.start();
      server.quirks = quirks;
      for (const folder of ['/dav/', '/dav/my assets/', '/dav/empty/']) server.folders.add(folder);
      server.put('/dav/file', Buffer.from('not a folder'));
      const make = (options: Record<string, string> = {}) =>
        createWebdav({ options: { address: `${server.address}/dav/`, login: 'none', ...options }, secrets: {} });
      const broken = { provider: make(), role: 'source', field: 'container' } as const;
      return {
        provider: make(),
        another: () => make(),
        container: 'my assets',
        emptyContainer: '/empty/',
        missingContainer: 'missing',
        seed: null,
        leftovers: async () => [...server.files.keys()].filter((path) => /\.partial$|transship-test/.test(path)),
        keepsNewKeysApart: true,
        broken: [
          { ...broken, what: 'no folder at all', container: '', step: 'name', code: 'invalid-input' },
          { ...broken, what: 'a way out of the address', container: '../x', step: 'name', code: 'invalid-input' },
          { ...broken, what: 'a file instead of a folder', container: 'file', step: 'sign', code: 'invalid-input' },
          { ...broken, what: 'a folder that is not there', container: 'missing', step: 'sign', code: 'not-found' },
          {
            ...broken,
            what: 'a port where nobody listens',
            provider: make({ address: 'http://127.0.0.1:9' }),
            container: 'x',
            step: 'connect',
            code: 'network',
            field: 'options.address',
          },
        ] as const,
        close: () => server.stop(),
      };
    },
    webdavDescriptor.capabilities,
  );
}
