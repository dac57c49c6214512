/**
 * Owns how FTP describes itself. Pure data. Read by registry.ts and ftp-provider.ts.
 */
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { AUTHORITY_OPTION } from '../certificate-authority.ts';
import { MAX_KEY_BYTES } from './ftp-key.ts';

export const ftpDescriptor: ProviderDescriptor = {
  kind: 'ftp',
  label: 'FTP / FTPS',
  chip: 'FTP',
  summary:
    'Folders of an FTP server, in the clear or through TLS. Files hold bytes; content headers and user metadata are ' +
    'lost, the time of change is kept where the server can set it, and a content type is known only by file ' +
    'extension. Links are not listed. Two writers of one new key at the same moment are not kept apart.',
  container: {
    label: 'Folder',
    help: 'The whole path of a folder that exists, as the server shows it; "/" is all of it.',
    placeholder: '/htdocs/assets',
  },
  options: [
    {
      name: 'host',
      label: 'Host',
      help: 'The name or the address of the server.',
      input: 'text',
      required: true,
      placeholder: 'ftp.example.com',
    },
    {
      name: 'port',
      label: 'Port',
      help: 'Empty for the usual one: 21, or 990 for TLS from the first byte.',
      input: 'text',
      required: false,
      placeholder: '21',
    },
    {
      name: 'security',
      label: 'Encryption',
      help: 'Without it everything goes in the clear, the password too.',
      input: 'choice',
      required: false,
      initial: 'explicit',
      choices: [
        { value: 'explicit', label: 'TLS on the usual port (explicit)' },
        { value: 'implicit', label: 'TLS from the first byte (implicit)' },
        { value: 'none', label: 'None' },
      ],
    },
    { name: 'user', label: 'User', help: 'Often "anonymous" on public servers.', input: 'text', required: true },
    { name: 'password', label: 'Password', help: 'Of the user.', input: 'secret', required: false },
    AUTHORITY_OPTION,
    {
      name: 'fingerprint',
      label: 'Certificate fingerprint',
      help: 'SHA-256 of the one certificate to trust, instead of an authority. To be renewed with the certificate.',
      input: 'text',
      seldom: true,
      required: false,
      placeholder: 'AB:CD:EF…',
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
    wholeChecksumUpToBytes: null,
    resumesWrites: true,
    keepsModifiedTime: false,
    keepsContentHeaders: false,
    keepsMetadata: false,
    bestProof: 're-read',
    maxObjectBytes: null,
    maxKeyBytes: MAX_KEY_BYTES,
  },
  builtInAccount: null,
  internal: false,
};
