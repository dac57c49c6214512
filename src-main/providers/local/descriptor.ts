/**
 * Owns how local disk describes itself. Pure data. Read by registry.ts and local-provider.ts.
 */
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';

export const localDescriptor: ProviderDescriptor = {
  kind: 'local',
  label: 'Local disk',
  chip: 'disk',
  summary:
    'Folders of this computer. Files hold bytes and their time of change; content headers and user metadata are lost, ' +
    'and a content type is known only by file extension. Links are neither followed nor listed.',
  container: {
    label: 'Folder',
    help: 'The whole path of a folder that exists.',
    placeholder: '/srv/www/assets',
  },
  options: [],
  capabilities: {
    canRead: true,
    canWrite: true,
    canList: true,
    rangeReads: true,
    certainRanges: false,
    rereads: true,
    multipart: false,
    windowsFromBytes: null,
    stages: true,
    wholeChecksumUpToBytes: null,
    resumesWrites: true,
    keepsModifiedTime: true,
    keepsContentHeaders: false,
    keepsMetadata: false,
    bestProof: 're-read',
    maxObjectBytes: null,
    maxKeyBytes: 4_095,
  },
  builtInAccount: { id: 'this-computer', name: 'This computer' },
  internal: false,
};
