/**
 * Owns how S3-compatible storage describes itself. Pure data. Read by registry.ts and s3-provider.ts.
 */
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { MAX_KEY_BYTES, MAX_OBJECT_BYTES, MULTIPART_FROM_BYTES } from './limits.ts';

export const s3Descriptor: ProviderDescriptor = {
  kind: 's3',
  label: 'S3-compatible',
  chip: 'S3',
  summary:
    'Amazon S3 and everything that speaks its protocol: Ceph, Swift, R2, B2, Wasabi, Spaces and others. Content headers ' +
    'and user metadata are kept; tags, access rights and the time of change are not.',
  container: {
    label: 'Bucket',
    help: 'The name of a bucket that exists.',
    placeholder: 'media-prod-assets',
  },
  options: [
    {
      name: 'endpoint',
      label: 'Endpoint',
      help: 'Where the service is. Empty for Amazon S3 itself.',
      input: 'text',
      required: false,
      placeholder: 'https://s3.example.com',
    },
    {
      name: 'region',
      label: 'Region',
      help: 'As the service names it; many that are not Amazon take any.',
      input: 'text',
      required: false,
      initial: 'us-east-1',
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
      name: 'accessKeyId',
      label: 'Access key ID',
      help: 'The public half of the key pair.',
      input: 'text',
      required: true,
    },
    {
      name: 'secretAccessKey',
      label: 'Secret access key',
      help: 'The secret half of the key pair.',
      input: 'secret',
      required: true,
    },
    {
      name: 'sessionToken',
      label: 'Session token',
      help: 'Only for temporary credentials.',
      input: 'secret',
      required: false,
    },
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
    bestProof: 'checksum',
    maxObjectBytes: MAX_OBJECT_BYTES,
    maxKeyBytes: MAX_KEY_BYTES,
  },
  builtInAccount: null,
  internal: false,
};
