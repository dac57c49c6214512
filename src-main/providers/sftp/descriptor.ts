/**
 * Owns how SFTP describes itself. Pure data. Read by registry.ts and sftp-provider.ts.
 */
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';

export const sftpDescriptor: ProviderDescriptor = {
  kind: 'sftp',
  label: 'SFTP',
  chip: 'SFTP',
  summary:
    'Folders of a server reached over SSH. Files hold bytes and their time of change in whole seconds; content headers, ' +
    'user metadata and access rights are lost, and a content type is known only by file extension. Two changes of one ' +
    'file within a second that leave its size alike are not told apart. Links are neither followed nor listed. Names ' +
    'that are not UTF-8 are refused.',
  container: {
    label: 'Folder',
    help: 'A folder on the server: its whole path, or a path below the folder in which a login begins ("." is that folder).',
    placeholder: '/srv/www/assets',
  },
  options: [
    {
      name: 'host',
      label: 'Host',
      help: 'The name or address of the server, without a port.',
      input: 'text',
      required: true,
      placeholder: 'files.example.com',
    },
    {
      name: 'port',
      label: 'Port',
      help: 'The port on which the SSH server listens.',
      input: 'text',
      required: false,
      initial: '22',
    },
    {
      name: 'user',
      label: 'User name',
      help: 'The user to sign in as.',
      input: 'text',
      required: true,
    },
    {
      name: 'hostKey',
      label: 'Host key fingerprint',
      help:
        'The SHA256 fingerprint of the server’s key, as "ssh-keygen -lf" prints it on the server. Without it nothing is ' +
        'sent: leave it empty and test the connection to be told which fingerprint the server shows, compare it with ' +
        'what its operator says, then paste it here.',
      input: 'text',
      required: false,
      placeholder: 'SHA256:…',
    },
    {
      name: 'password',
      label: 'Password',
      help: 'The password of the user. Not needed with a private key or the SSH agent.',
      input: 'secret',
      required: false,
    },
    {
      name: 'privateKey',
      label: 'Private key',
      help: 'The whole content of a private key file, from its BEGIN line to its END line.',
      input: 'secret',
      multiline: true,
      required: false,
    },
    {
      name: 'passphrase',
      label: 'Passphrase',
      help: 'Opens the private key when it is locked.',
      input: 'secret',
      required: false,
    },
    {
      name: 'useAgent',
      label: 'Use the SSH agent',
      help: 'Signs in with the keys of the agent of this computer, which SSH_AUTH_SOCK names.',
      input: 'toggle',
      required: false,
      initial: 'false',
    },
    {
      name: 'keepTimes',
      label: 'Keep times of change',
      help: 'Gives written files the time of change of their source. Turn it off for servers that refuse to set times.',
      input: 'toggle',
      seldom: true,
      required: false,
      initial: 'true',
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
    keepsModifiedTime: true,
    keepsContentHeaders: false,
    keepsMetadata: false,
    bestProof: 're-read',
    maxObjectBytes: null,
    maxKeyBytes: 4_095,
  },
  builtInAccount: null,
  internal: false,
};
