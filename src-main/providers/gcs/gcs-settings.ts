/**
 * Owns what an account's options mean: where the service is and who asks it. Pure. Called by gcs-provider.ts.
 */
import type { SecureContext } from 'node:tls';
import { fail } from '../../../src-shared/model/failure.ts';
import { type AccountValues, optionValue } from '../account-options.ts';
import { trustOf } from '../certificate-authority.ts';
import { gcsDescriptor } from './descriptor.ts';
import { readServiceAccount, type ServiceAccount } from './service-account.ts';

const GOOGLE = 'https://storage.googleapis.com';

export interface GcsSettings {
  /** Scheme, host and port of the service. */
  readonly endpoint: URL;
  readonly account: ServiceAccount;
  /** What its connections trust; null: what Node trusts by itself. */
  readonly trust: SecureContext | null;
}

/** Throws `invalid-input` with the field that is wrong. */
export function gcsSettings(values: AccountValues): GcsSettings {
  const endpoint = readEndpoint(optionValue(gcsDescriptor, values, 'endpoint') || GOOGLE);
  const account = readServiceAccount(values.secrets.serviceAccountKey ?? '');
  // A token is as good as a password for an hour: a real one must not travel in the clear, nor be asked for so.
  if (endpoint.protocol !== account.tokenUri.protocol) {
    fail('invalid-input', 'The endpoint and the token_uri of the key must both be https://, or both http://.', {
      field: 'options.endpoint',
      hint: 'An emulator without TLS needs a key of its own, whose token_uri is its own too.',
    });
  }
  return { endpoint, account, trust: trustOf(values) };
}

function readEndpoint(text: string): URL {
  const refuse = (reason: string): never =>
    fail('invalid-input', `"${text}" is not an endpoint: ${reason}.`, {
      field: 'options.endpoint',
      hint: 'An endpoint looks like https://storage.example.com or http://127.0.0.1:4443.',
    });
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return refuse('it does not begin with https:// or http://');
  }
  if (url.username !== '' || url.password !== '') refuse('passwords do not belong here');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') refuse('it has more than scheme, host and port');
  return url;
}
