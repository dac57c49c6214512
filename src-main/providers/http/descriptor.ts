/**
 * Owns how HTTP(S) describes itself. Pure data. Read by registry.ts and http-provider.ts.
 */
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { AUTHORITY_OPTION } from '../certificate-authority.ts';

/** A choice of `sitemapHosts`: only addresses on the host of the sitemap. */
export const SAME_HOST = 'same';

export const httpDescriptor: ProviderDescriptor = {
  kind: 'http',
  label: 'HTTP(S)',
  chip: 'HTTP',
  summary:
    'Files of a web server, read only: from an index page with everything below it, from a sitemap, or from a list of addresses. ' +
    'Content headers are kept as the server sends them.',
  container: {
    label: 'Index page or sitemap',
    help:
      'The address of a folder whose index page the server shows (nginx and Apache do, when told to), or of a ' +
      'sitemap, which ends in .xml or .xml.gz: its keys are whole addresses. Leave it empty when every key is a whole address.',
    placeholder: 'https://static.example.com/images/',
    keysAreUrlsWhenEmpty: true,
  },
  options: [
    {
      name: 'allowPrivateAddresses',
      label: 'Allow private addresses',
      help:
        'Lets this account read from this computer and from private networks. Off, so that a list of addresses from ' +
        'somebody else cannot reach into your network. Link-local and cloud metadata addresses stay closed.',
      input: 'toggle',
      required: false,
      initial: 'false',
    },
    {
      name: 'sitemapHosts',
      label: 'From sitemaps, take',
      help: 'Addresses in a sitemap that lie on other hosts are left out, or taken too: images often lie on another one.',
      input: 'choice',
      required: false,
      initial: SAME_HOST,
      choices: [
        { value: SAME_HOST, label: 'Only what lies on the host of the sitemap' },
        { value: 'all', label: 'All addresses' },
      ],
    },
    {
      name: 'signInAddress',
      label: 'Sign in at',
      help: 'The only server that gets the user name and password, or the token. Needed with either of them.',
      input: 'text',
      required: false,
      placeholder: 'https://static.example.com',
    },
    {
      name: 'user',
      label: 'User name',
      help: 'For HTTP basic authentication.',
      input: 'text',
      required: false,
    },
    {
      name: 'password',
      label: 'Password',
      help: 'For HTTP basic authentication.',
      input: 'secret',
      required: false,
    },
    {
      name: 'token',
      label: 'Bearer token',
      help: 'Sent instead of a user name and password.',
      input: 'secret',
      required: false,
    },
    AUTHORITY_OPTION,
  ],
  capabilities: {
    canRead: true,
    canWrite: false,
    canList: true,
    rangeReads: true,
    certainRanges: false,
    rereads: false,
    multipart: false,
    windowsFromBytes: null,
    wholeChecksumUpToBytes: null,
    resumesWrites: false,
    keepsModifiedTime: false,
    keepsContentHeaders: true,
    keepsMetadata: false,
    bestProof: 'size-only',
    maxObjectBytes: null,
    maxKeyBytes: null,
  },
  builtInAccount: { id: 'http', name: 'Web addresses' },
  internal: false,
};
