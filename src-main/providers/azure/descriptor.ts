/**
 * Owns how Azure Blob Storage describes itself. Pure data. Read by registry.ts and in this folder.
 */
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { AUTHORITY_OPTION } from '../certificate-authority.ts';
import { MAX_BLOB_BYTES } from './limits.ts';

export const azureDescriptor: ProviderDescriptor = {
  kind: 'azure',
  label: 'Azure Blob',
  chip: 'Azure',
  summary:
    'Microsoft Azure Blob Storage and what speaks its protocol. Content headers and user metadata are kept, but not the ' +
    'header Expires, which the service does not have, and tags where a migration asks for them; the access tier, ' +
    'snapshots and the time of change are not.',
  container: {
    label: 'Container',
    help: 'The name of a container that exists.',
    placeholder: 'media-prod-assets',
  },
  options: [
    {
      name: 'accountName',
      label: 'Storage account',
      help: 'The name of the storage account: 3 to 24 small letters and digits.',
      input: 'text',
      required: true,
      placeholder: 'mediaprod',
    },
    {
      name: 'endpoint',
      label: 'Endpoint',
      help: 'Where the blob service is. Empty for https://NAME.blob.core.windows.net.',
      input: 'text',
      seldom: true,
      required: false,
      placeholder: 'https://blob.example.com/mediaprod',
    },
    {
      name: 'accountKey',
      label: 'Account key',
      help: 'One of the two access keys of the storage account. Leave it empty when you use a SAS token.',
      input: 'secret',
      required: false,
    },
    {
      name: 'sasToken',
      label: 'SAS token',
      help: 'A shared access signature that allows to list and read, and to create, write and delete at a destination; for tags, those too.',
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
    windowsFromBytes: null,
    wholeChecksumUpToBytes: null,
    resumesWrites: true,
    keepsModifiedTime: false,
    keepsContentHeaders: true,
    keepsMetadata: true,
    tagCharacters: String.raw`A-Za-z0-9 +\-.\/:=_`,
    storageClasses: ['Hot', 'Cool', 'Cold', 'Archive'],
    bestProof: 'checksum',
    maxObjectBytes: MAX_BLOB_BYTES,
    // The limit is one of characters, which assertKey knows.
    maxKeyBytes: null,
  },
  builtInAccount: null,
  internal: false,
};
