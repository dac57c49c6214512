/**
 * Owns what an account's options mean: where the blob service is and who signs. Pure. Called by azure-provider.ts.
 */
import type { SecureContext } from 'node:tls';
import { AnonymousCredential, StorageSharedKeyCredential } from '@azure/storage-blob';
import { fail } from '../../../src-shared/model/failure.ts';
import type { AccountValues } from '../account-options.ts';
import { trustOf } from '../certificate-authority.ts';

/** The fields of the form that failures point to. */
export interface AzureFields {
  /** Where a person mends the address. */
  readonly address: string;
  /** Where a person mends the right to come in. */
  readonly secret: string;
}

export interface AzureSettings {
  /** Of the account, without a "/" at its end and without a query. */
  readonly endpoint: URL;
  /** Null with a SAS token. */
  readonly sharedKey: StorageSharedKeyCredential | null;
  /** Without a leading "?"; empty with an account key. */
  readonly sasToken: string;
  readonly fields: AzureFields;
  /** What its connections trust; null: what Node trusts by itself. */
  readonly trust: SecureContext | null;
}

/** Throws `invalid-input` with the field that is wrong. */
export function azureSettings(account: AccountValues): AzureSettings {
  const { options, secrets } = account;
  const accountName = options.accountName ?? '';
  // Wider than Azure's rule of 3 to 24: emulators and older clouds have others. It becomes part of a host name.
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(accountName)) {
    fail('invalid-input', 'A storage account has a name of small letters and digits.', {
      field: 'options.accountName',
      hint: 'Enter the name alone, without ".blob.core.windows.net".',
    });
  }
  const given = options.endpoint ?? '';
  const accountKey = secrets.accountKey ?? '';
  const sasToken = (secrets.sasToken ?? '').replace(/^\?/, '');
  if (accountKey !== '' && sasToken !== '') {
    fail('invalid-input', 'There is an account key as well as a SAS token.', {
      field: 'secrets.sasToken',
      hint: 'Leave one of the two empty.',
    });
  }
  if (accountKey === '' && sasToken === '') {
    fail('invalid-input', 'There is neither an account key nor a SAS token.', { field: 'secrets.accountKey' });
  }
  return {
    endpoint: given === '' ? new URL(`https://${accountName}.blob.core.windows.net`) : readEndpoint(given),
    sharedKey: accountKey === '' ? null : new StorageSharedKeyCredential(accountName, readKey(accountKey)),
    sasToken: readToken(sasToken),
    fields: {
      address: given === '' ? 'options.accountName' : 'options.endpoint',
      secret: accountKey === '' ? 'secrets.sasToken' : 'secrets.accountKey',
    },
    trust: trustOf(account),
  };
}

/** What signs requests; a SAS token stands in the address instead. */
export function credentialOf({ sharedKey }: AzureSettings): StorageSharedKeyCredential | AnonymousCredential {
  return sharedKey ?? new AnonymousCredential();
}

/** The address of the service, with the SAS token where there is one: a secret then. */
export function serviceUrl({ endpoint, sasToken }: AzureSettings): string {
  const address = endpoint.href.replace(/\/$/, '');
  return sasToken === '' ? address : `${address}?${sasToken}`;
}

/** Throws `invalid-input` with field "container" when no container can have the name. */
export function assertContainerName(container: string): void {
  if (/^(\$root|\$web|\$logs|[a-z0-9](-?[a-z0-9]){2,62})$/.test(container) && container.length <= 63) return;
  fail('invalid-input', `"${container}" cannot be the name of a container.`, {
    field: 'container',
    hint: 'It has 3 to 63 small letters, digits and single hyphens. Enter the name alone, without an address.',
  });
}

/** Emulators and some private clouds have the account in the path. */
function readEndpoint(text: string): URL {
  const refuse = (reason: string): never =>
    fail('invalid-input', `The endpoint cannot be used: ${reason}.`, {
      field: 'options.endpoint',
      hint: 'An endpoint looks like https://mediaprod.blob.core.windows.net or http://192.168.1.10:10000/mediaprod.',
    });
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return refuse('it does not begin with https:// or http://');
  }
  if (url.username !== '' || url.password !== '') refuse('keys belong in the fields below');
  if (url.search !== '') refuse('a SAS token belongs in its own field');
  if (url.hash !== '' || !/^\/?[^/]*\/?$/.test(url.pathname)) refuse('it has more than an account in its path');
  return url;
}

/** 64 bytes in base64; other clouds may have others. */
function readKey(text: string): string {
  if (/^[A-Za-z0-9+/]{16,}={0,2}$/.test(text)) return text;
  return fail('invalid-input', 'This is no account key: it is not base64.', {
    field: 'secrets.accountKey',
    hint: 'Copy the key alone, not the connection string.',
  });
}

function readToken(text: string): string {
  if (text === '') return '';
  const isQuery = /^[\x21-\x7e]+$/.test(text) && !text.includes('://') && !text.includes('#');
  if (isQuery && new URLSearchParams(text).has('sig')) return text;
  return fail('invalid-input', 'This is no SAS token: it has no signature ("sig=").', {
    field: 'secrets.sasToken',
    hint: 'Copy what stands behind the "?" of a SAS URL.',
  });
}
