/**
 * Owns what an account's options mean: where a bucket is reached and who signs. Pure. Called by s3-provider.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { type AccountValues, optionValue } from '../account-options.ts';
import { s3Descriptor } from './descriptor.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

export interface S3Settings {
  /** Scheme, host and port of the service, without bucket. */
  readonly endpoint: URL;
  readonly region: string;
  /** The bucket stands before the host instead of in the path. */
  readonly isVirtual: (bucket: string) => boolean;
  readonly credentials: Credentials;
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
  const region = optionValue(s3Descriptor, account, 'region');
  if (!/^[A-Za-z0-9-]+$/.test(region)) {
    fail('invalid-input', 'A region has letters, digits and hyphens only.', { field: 'options.region' });
  }
  const given = account.options.endpoint ?? '';
  const addressing = optionValue(s3Descriptor, account, 'addressing');
  const isAmazon = given === '';
  const endpoint = isAmazon ? new URL(`https://s3.${region}.${amazonDomain(region)}/`) : readEndpoint(given);
  return {
    endpoint,
    region,
    isVirtual: (bucket) => {
      if (addressing !== 'auto') return addressing === 'virtual';
      // A certificate for *.s3.… does not cover a bucket with dots in its name.
      return isAmazon && !bucket.includes('.');
    },
    credentials: {
      accessKeyId: printable(account.options.accessKeyId ?? '', 'options.accessKeyId'),
      secretAccessKey: account.secrets.secretAccessKey ?? '',
      sessionToken: printable(account.secrets.sessionToken ?? '', 'secrets.sessionToken') || null,
    },
  };
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

/** Amazon's partition for China has a domain of its own. */
function amazonDomain(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
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
