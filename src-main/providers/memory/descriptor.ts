/**
 * Owns how the memory provider describes itself. Pure data. Read by registry.ts and memory-provider.ts.
 */
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';

export const memoryDescriptor: ProviderDescriptor = {
  kind: 'memory',
  label: 'Memory',
  chip: 'mem',
  summary: 'Assets in the memory of one process, for tests and benches. They end with the process.',
  container: {
    label: 'Container',
    help: '"synthetic:COUNT:BYTES" makes assets up, "discard" takes and forgets them, any other name must be known.',
    placeholder: 'synthetic:100000:16384',
  },
  options: [
    {
      name: 'containers',
      label: 'Containers',
      help: 'Names of containers that are there from the start, with commas between them.',
      input: 'text',
      required: false,
    },
  ],
  capabilities: {
    canRead: true,
    canWrite: true,
    canList: true,
    rangeReads: true,
    certainRanges: false,
    rereads: false,
    multipart: false,
    windowsFromBytes: null,
    wholeChecksumUpToBytes: Number.MAX_SAFE_INTEGER,
    resumesWrites: false,
    keepsModifiedTime: true,
    keepsContentHeaders: true,
    keepsMetadata: true,
    tagCharacters: String.raw`\p{L}\p{N}\p{Z}+\-=._:/@`,
    acls: ['private', 'public-read'],
    bestProof: 'checksum',
    maxObjectBytes: null,
    maxKeyBytes: null,
  },
  builtInAccount: { id: 'memory', name: 'Memory' },
  internal: true,
};
