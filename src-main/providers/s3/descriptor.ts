/**
 * Owns how S3-compatible storage describes itself. Pure data. Read by registry.ts and s3-provider.ts.
 */
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { AUTHORITY_OPTION } from '../certificate-authority.ts';
import { MAX_KEY_BYTES, MAX_OBJECT_BYTES, MULTIPART_FROM_BYTES } from './limits.ts';
import { AMAZON, PRESETS } from './presets.ts';

export const s3Descriptor: ProviderDescriptor = {
  kind: 's3',
  label: 'S3-compatible',
  chip: 'S3',
  summary:
    'Amazon S3 and everything that speaks its protocol: Ceph, Swift, R2, B2, Wasabi, Spaces and others. Content headers ' +
    'and user metadata are kept, tags where a migration asks for them; access rights and the time of change are not.',
  container: {
    label: 'Bucket',
    help: 'The name of a bucket that exists.',
    placeholder: 'media-prod-assets',
  },
  options: [
    {
      name: 'service',
      label: 'Service',
      help: 'Fills in what is known of it. An endpoint that belongs to another service counts for more.',
      input: 'choice',
      required: false,
      initial: AMAZON.value,
      choices: PRESETS.map(({ value, label }) => ({ value, label })),
    },
    {
      name: 'endpoint',
      label: 'Endpoint',
      help: 'For Ceph, Swift and others: where the service is. For Cloudflare R2 the account ID is enough. Else empty.',
      input: 'text',
      required: false,
      placeholder: 'https://s3.example.com',
    },
    {
      name: 'region',
      label: 'Region',
      help: 'As the service names it. B2 and Spaces need one; empty means us-east-1 at most others.',
      input: 'text',
      required: false,
      placeholder: 'us-east-1',
    },
    {
      name: 'addressing',
      label: 'Bucket in address',
      help: 'Where the bucket name stands. Automatic: before the host at Amazon, in the path everywhere else.',
      input: 'choice',
      required: false,
      initial: 'auto',
      choices: [
        { value: 'auto', label: 'Automatic' },
        { value: 'path', label: 'In the path' },
        { value: 'virtual', label: 'Before the host' },
      ],
    },
    {
      name: 'credentials',
      label: 'Keys from',
      help: 'Those of a profile or a role are renewed before they expire. Those of the environment need TRANSSHIP_PASS_AWS_KEYS=true beside them.',
      input: 'choice',
      required: false,
      initial: 'keys',
      choices: [
        { value: 'keys', label: 'The fields below' },
        { value: 'profile', label: 'A profile of the AWS tools (also SSO and assumed roles)' },
        { value: 'role', label: 'The role of this computer or container' },
        { value: 'environment', label: 'The environment Transship was started in' },
      ],
    },
    {
      name: 'profile',
      label: 'Profile',
      help: 'Only for keys from a profile: its name. Empty means "default".',
      input: 'text',
      required: false,
      placeholder: 'default',
    },
    {
      name: 'accessKeyId',
      label: 'Access key ID',
      help: 'The public half of the key pair. Needed unless the keys come from elsewhere.',
      input: 'text',
      required: false,
    },
    {
      name: 'secretAccessKey',
      label: 'Secret access key',
      help: 'The secret half of the key pair.',
      input: 'secret',
      required: false,
    },
    {
      name: 'sessionToken',
      label: 'Session token',
      help: 'Only for temporary keys that are entered here.',
      input: 'secret',
      required: false,
    },
    AUTHORITY_OPTION,
  ],
  capabilities: {
    canRead: true,
    canWrite: true,
    canList: true,
    rangeReads: true,
    certainRanges: true,
    rereads: false,
    multipart: true,
    windowsFromBytes: MULTIPART_FROM_BYTES,
    wholeChecksumUpToBytes: MULTIPART_FROM_BYTES - 1,
    resumesWrites: true,
    keepsModifiedTime: false,
    keepsContentHeaders: true,
    keepsMetadata: true,
    storageClasses: [
      'STANDARD',
      'STANDARD_IA',
      'ONEZONE_IA',
      'INTELLIGENT_TIERING',
      'GLACIER_IR',
      'GLACIER',
      'DEEP_ARCHIVE',
    ],
    // Amazon's; a service that has no tags says so when it is written to.
    tagCharacters: String.raw`\p{L}\p{N}\p{Z}+\-=._:/@`,
    acls: [
      'private',
      'public-read',
      'public-read-write',
      'authenticated-read',
      'aws-exec-read',
      'bucket-owner-read',
      'bucket-owner-full-control',
    ],
    bestProof: 'checksum',
    maxObjectBytes: MAX_OBJECT_BYTES,
    maxKeyBytes: MAX_KEY_BYTES,
  },
  builtInAccount: null,
  internal: false,
};
