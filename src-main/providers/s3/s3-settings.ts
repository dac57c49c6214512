/**
 * Owns what an account's options mean: where a bucket is reached and who signs. Pure. Called by s3-provider.ts.
 */
import type { SecureContext } from 'node:tls';
import { fail } from '../../../src-shared/model/failure.ts';
import { type AccountValues, optionValue } from '../account-options.ts';
import { trustOf } from '../certificate-authority.ts';
import type { CredentialChoice } from './credentials.ts';
import { s3Descriptor } from './descriptor.ts';
import { AMAZON, presetOf, regionIn, type ServicePreset } from './presets.ts';

const SELF_HOSTED = 'Enter where your installation is, such as https://s3.example.com.';

export interface S3Settings {
  /** Scheme, host and port of the service, without bucket. */
  readonly endpoint: URL;
  readonly region: string;
  /** The bucket stands before the host instead of in the path. */
  readonly isVirtual: (bucket: string) => boolean;
  readonly credentials: CredentialChoice;
  readonly preset: ServicePreset;
  /** What its connections trust; null: what Node trusts by itself. */
  readonly trust: SecureContext | null;
}

/** Where requests for a bucket go. */
export interface BucketAddress {
  /** "https://host:port" */
  readonly origin: string;
  /** As in the Host header. */
  readonly host: string;
  /** Empty, or "/bucket". */
  readonly path: string;
}

/** Throws `invalid-input` with the field that is wrong. */
export function s3Settings(account: AccountValues): S3Settings {
  const { endpoint: given = '', service = '', region: namedRegion = '' } = account.options;
  // Cloudflare shows an account ID; the rest of the endpoint is the same for all.
  const accountId = service === 'r2' && /^[0-9a-f]{32}(\.[a-z]+)?$/i.test(given) ? given : '';
  const typed = given === '' || accountId !== '' ? null : readEndpoint(given);
  const preset = presetOf(service, typed);
  const region = namedRegion || (typed !== null && regionIn(preset, typed)) || preset.region || '';
  if (region === '') failMissing('region', `${preset.label} needs the region of the bucket.`);
  if (!/^[A-Za-z0-9-]+$/.test(region)) {
    fail('invalid-input', 'A region has letters, digits and hyphens only.', { field: 'options.region' });
  }
  const addressing = optionValue(s3Descriptor, account, 'addressing');
  return {
    endpoint: typed ?? presetEndpoint(preset, region, accountId),
    region,
    isVirtual: (bucket) => {
      if (addressing !== 'auto') return addressing === 'virtual';
      // A certificate for *.s3.… does not cover a bucket with dots in its name.
      return typed === null && preset.isVirtual && !bucket.includes('.');
    },
    credentials: credentialChoice(account),
    preset,
    trust: trustOf(account),
  };
}

function credentialChoice(account: AccountValues): CredentialChoice {
  const from = optionValue(s3Descriptor, account, 'credentials');
  if (from === 'environment' || from === 'role') return { from };
  if (from === 'profile') return { from, profile: printable(account.options.profile ?? '', 'options.profile') };
  const accessKeyId = printable(account.options.accessKeyId ?? '', 'options.accessKeyId');
  const secretAccessKey = account.secrets.secretAccessKey ?? '';
  if (accessKeyId === '') failMissing('accessKeyId', 'Access key ID is missing.');
  if (secretAccessKey === '') {
    fail('invalid-input', 'Secret access key is missing.', { field: 'secrets.secretAccessKey' });
  }
  const sessionToken = printable(account.secrets.sessionToken ?? '', 'secrets.sessionToken') || null;
  return { from: 'keys', keys: { accessKeyId, secretAccessKey, sessionToken } };
}

function failMissing(option: string, message: string, hint = ''): never {
  return fail('invalid-input', message, { field: `options.${option}`, hint });
}

/** Throws `invalid-input` with field "container" when no bucket can have the name. */
export function bucketAddress(settings: S3Settings, bucket: string): BucketAddress {
  // Wider than Amazon's rule: older buckets and other services have capitals and underscores.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/.test(bucket)) {
    fail('invalid-input', `"${bucket}" cannot be the name of a bucket.`, {
      field: 'container',
      hint: 'Enter the name alone, without "s3://" and without a path.',
    });
  }
  const { protocol, host, origin } = settings.endpoint;
  if (!settings.isVirtual(bucket)) return { origin, host, path: `/${bucket}` };
  return { origin: `${protocol}//${bucket}.${host}`, host: `${bucket}.${host}`, path: '' };
}

function presetEndpoint(preset: ServicePreset, region: string, accountId: string): URL {
  const template =
    preset.endpoint ?? failMissing('endpoint', `${preset.label} has no address of its own.`, SELF_HOSTED);
  if (template.includes('{account}') && accountId === '') {
    failMissing('endpoint', `${preset.label} needs the account ID.`, 'The dashboard shows it with the bucket.');
  }
  // Amazon's partition for China has a domain of its own.
  const suffix = preset === AMAZON && region.startsWith('cn-') ? '.cn' : '';
  return new URL(template.replace('{region}', region).replace('{account}', accountId) + suffix);
}

function readEndpoint(text: string): URL {
  const refuse = (reason: string): never =>
    fail('invalid-input', `"${text}" is not an endpoint: ${reason}.`, {
      field: 'options.endpoint',
      hint: 'An endpoint looks like https://s3.example.com or http://192.168.1.10:9000.',
    });
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return refuse('it does not begin with https:// or http://');
  }
  if (url.username !== '' || url.password !== '') refuse('keys belong in the fields below');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') refuse('it has more than scheme, host and port');
  return url;
}

/** Goes into a header as it is. */
function printable(text: string, field: string): string {
  if (/^[\x21-\x7e]*$/.test(text)) return text;
  return fail('invalid-input', 'It holds spaces or characters that a key cannot have.', { field });
}
