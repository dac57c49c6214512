/**
 * Owns how Google Cloud Storage describes itself. Pure data. Read by registry.ts and gcs-provider.ts.
 */
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { AUTHORITY_OPTION } from '../certificate-authority.ts';
import { MAX_KEY_BYTES, MAX_OBJECT_BYTES } from './limits.ts';

export const gcsDescriptor: ProviderDescriptor = {
  kind: 'gcs',
  label: 'Google Cloud Storage',
  chip: 'GCS',
  summary:
    'Buckets of Google Cloud Storage, with the key of a service account. Content headers and user metadata are kept; the ' +
    "Expires header, the source's access rights, retention and the time of change are not. There are no tags. Tested against our own fake only.",
  container: {
    label: 'Bucket',
    help: 'The name of a bucket that exists.',
    placeholder: 'media-prod-assets',
  },
  options: [
    {
      name: 'serviceAccountKey',
      label: 'Service account key',
      help: 'The whole JSON file of the key. The account needs the role Storage Object User, or Viewer to read only.',
      input: 'secret',
      multiline: true,
      required: true,
    },
    {
      name: 'endpoint',
      label: 'Endpoint',
      help: 'Empty for Google itself. An emulator is reached here; its tokens come from the token_uri of the key.',
      input: 'text',
      seldom: true,
      required: false,
      placeholder: 'http://127.0.0.1:4443',
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
    multipart: false,
    windowsFromBytes: null,
    wholeChecksumUpToBytes: null,
    resumesWrites: true,
    keepsModifiedTime: false,
    keepsContentHeaders: true,
    keepsMetadata: true,
    acls: ['authenticatedRead', 'bucketOwnerFullControl', 'bucketOwnerRead', 'private', 'projectPrivate', 'publicRead'],
    bestProof: 'checksum',
    maxObjectBytes: MAX_OBJECT_BYTES,
    maxKeyBytes: MAX_KEY_BYTES,
  },
  builtInAccount: null,
  internal: false,
};
