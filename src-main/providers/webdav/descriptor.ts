/**
 * Owns how WebDAV describes itself. Pure data. Read by registry.ts and webdav-provider.ts.
 */
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { AUTHORITY_OPTION } from '../certificate-authority.ts';

export const webdavDescriptor: ProviderDescriptor = {
  kind: 'webdav',
  label: 'WebDAV',
  chip: 'DAV',
  summary:
    'Servers that speak WebDAV: Apache, nginx, Nextcloud, rclone, NAS boxes and others. The time of change, user ' +
    'metadata and content headers are not kept: most servers derive the content type from the name. Where an asset is ' +
    'replaced, some servers show nothing for a moment, never half of it.',
  container: {
    label: 'Folder',
    help: 'The path of a folder that exists, below the address of the account. "/" is the address itself.',
    placeholder: 'media/assets',
  },
  options: [
    {
      name: 'address',
      label: 'Address',
      help: 'Where the server shows its files over WebDAV.',
      input: 'text',
      required: true,
      placeholder: 'https://cloud.example.com/remote.php/dav/files/me',
    },
    {
      name: 'login',
      label: 'Sign in by',
      help: 'What the server asks for. Basic sends the password itself, so the address should begin with https://.',
      input: 'choice',
      required: false,
      initial: 'basic',
      choices: [
        { value: 'basic', label: 'User name and password (Basic)' },
        { value: 'digest', label: 'User name and password (Digest)' },
        { value: 'bearer', label: 'Bearer token' },
        { value: 'none', label: 'Nothing' },
      ],
    },
    {
      name: 'user',
      label: 'User name',
      help: 'For Basic and Digest.',
      input: 'text',
      when: { option: 'login', is: ['basic', 'digest'] },
      required: false,
    },
    {
      name: 'password',
      label: 'Password',
      help: 'For Basic and Digest. Many services want an app password here, made in their settings.',
      input: 'secret',
      when: { option: 'login', is: ['basic', 'digest'] },
      required: false,
    },
    {
      name: 'token',
      label: 'Bearer token',
      help: 'Sent instead of a user name and password.',
      input: 'secret',
      when: { option: 'login', is: ['bearer'] },
      required: false,
    },
    AUTHORITY_OPTION,
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
    resumesWrites: false,
    keepsModifiedTime: false,
    keepsContentHeaders: false,
    keepsMetadata: false,
    bestProof: 're-read',
    maxObjectBytes: null,
    maxKeyBytes: null,
  },
  builtInAccount: null,
  internal: false,
};
