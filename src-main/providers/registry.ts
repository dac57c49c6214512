/**
 * Owns the list of providers: one line each. Descriptors are at hand for forms and checks; the code of a provider is
 * loaded when the first account of its kind is used. Called by the main process (descriptors only) and by workers.
 */
import { fail } from '../../src-shared/model/failure.ts';
import type { ProviderDescriptor } from '../../src-shared/model/provider.ts';
import { type AccountValues, assertAccountValues } from './account-options.ts';
import { azureDescriptor } from './azure/descriptor.ts';
import { ftpDescriptor } from './ftp/descriptor.ts';
import { gcsDescriptor } from './gcs/descriptor.ts';
import { httpDescriptor } from './http/descriptor.ts';
import { localDescriptor } from './local/descriptor.ts';
import { memoryDescriptor } from './memory/descriptor.ts';
import type { Provider, ProviderModule } from './provider.ts';
import { s3Descriptor } from './s3/descriptor.ts';
import { sftpDescriptor } from './sftp/descriptor.ts';
import { webdavDescriptor } from './webdav/descriptor.ts';

export const PROVIDERS: Readonly<Record<string, ProviderModule>> = {
  local: { descriptor: localDescriptor, load: async () => (await import('./local/local-provider.ts')).createLocal },
  http: { descriptor: httpDescriptor, load: async () => (await import('./http/http-provider.ts')).createHttp },
  s3: { descriptor: s3Descriptor, load: async () => (await import('./s3/s3-provider.ts')).createS3 },
  gcs: { descriptor: gcsDescriptor, load: async () => (await import('./gcs/gcs-provider.ts')).createGcs },
  azure: { descriptor: azureDescriptor, load: async () => (await import('./azure/azure-provider.ts')).createAzure },
  webdav: {
    descriptor: webdavDescriptor,
    load: async () => (await import('./webdav/webdav-provider.ts')).createWebdav,
  },
  sftp: { descriptor: sftpDescriptor, load: async () => (await import('./sftp/sftp-provider.ts')).createSftp },
  ftp: { descriptor: ftpDescriptor, load: async () => (await import('./ftp/ftp-provider.ts')).createFtp },
  memory: {
    descriptor: memoryDescriptor,
    load: async () => (await import('./memory/memory-provider.ts')).createMemory,
  },
};

/** In the order in which people meet them. */
export function descriptors(): readonly ProviderDescriptor[] {
  return Object.values(PROVIDERS).map((module) => module.descriptor);
}

/** Throws `unsupported` when this version of the app does not know the kind. */
export function descriptorOf(kind: string): ProviderDescriptor {
  return moduleOf(kind).descriptor;
}

/** Throws `unsupported` for an unknown kind, `invalid-input` with `field` for bad options. No I/O but loading code. */
export async function createProvider(kind: string, account: AccountValues): Promise<Provider> {
  const module = moduleOf(kind);
  assertAccountValues(module.descriptor, account);
  const create = await module.load();
  return create(account);
}

function moduleOf(kind: string): ProviderModule {
  const module = Object.hasOwn(PROVIDERS, kind) ? PROVIDERS[kind] : undefined;
  if (module !== undefined) return module;
  return fail('unsupported', `There is no provider of the kind "${kind}".`, {
    field: 'provider',
    hint: `Known kinds: ${Object.keys(PROVIDERS).join(', ')}.`,
  });
}
