/**
 * Owns what an account's options mean: where the server is, and who signs in. Also where a container and a key are on
 * it. Must not normalise keys. Pure. Called by webdav-provider.ts and everything that asks the server.
 */
import type { SecureContext } from 'node:tls';
import { fail } from '../../../src-shared/model/failure.ts';
import { type AccountValues, optionValue } from '../account-options.ts';
import { trustOf } from '../certificate-authority.ts';
import { encodePath } from '../wire/encode-path.ts';
import { webdavDescriptor } from './descriptor.ts';
import { SIGN_INS, type SignIn } from './sign-in.ts';
import { keyProblem } from './webdav-key.ts';

export interface WebdavSettings {
  /** "https://host:port" */
  readonly origin: string;
  /** As in the Host header; for messages. */
  readonly host: string;
  /** Of the address, percent-encoded; without a slash at its end, so empty for the top of a server. */
  readonly path: string;
  readonly signIn: SignIn;
  /** The password itself goes over a network that anybody on the way can read. */
  readonly showsPassword: boolean;
  /** What its connections trust; null: what Node trusts by itself. */
  readonly trust: SecureContext | null;
}

/** Throws `invalid-input` with the field that is wrong. */
export function webdavSettings(account: AccountValues): WebdavSettings {
  const url = readAddress(account.options.address ?? '');
  const login = optionValue(webdavDescriptor, account, 'login');
  const user = account.options.user ?? '';
  const { password = '', token = '' } = account.secrets;
  const needsUser = login === 'basic' || login === 'digest';
  if (needsUser && user === '') fail('invalid-input', 'The user name is missing.', { field: 'options.user' });
  if (login === 'basic' && user.includes(':')) {
    fail('invalid-input', 'Basic cannot carry a user name with a colon.', { field: 'options.user' });
  }
  if (/\p{Cc}/u.test(user)) {
    fail('invalid-input', 'The user name holds control characters.', { field: 'options.user' });
  }
  if (login === 'bearer' && !/^[\x21-\x7e]+$/.test(token)) {
    fail('invalid-input', 'The token is missing, or holds characters that no token has.', { field: 'secrets.token' });
  }
  const signIn = SIGN_INS[login]?.({ user, password, token });
  if (signIn === undefined)
    return fail('invalid-input', 'There is no such way to sign in.', { field: 'options.login' });
  return {
    origin: url.origin,
    host: url.host,
    path: url.pathname.replace(/\/+$/, ''),
    signIn,
    showsPassword: url.protocol === 'http:' && (login === 'basic' || login === 'bearer'),
    trust: trustOf(account),
  };
}

/** Path of a folder on the wire, with "/" at its end. `folderKey` is empty for the container itself, or ends with "/". */
export function folderPath(settings: WebdavSettings, container: string, folderKey: string): string {
  const inner = container.replace(/^\/|\/$/g, '');
  const problem = inner === '' ? null : keyProblem(inner);
  if (container === '' || problem !== null) {
    fail('invalid-input', `${JSON.stringify(container)} cannot be a folder of a server: ${problem ?? 'it is empty'}.`, {
      field: 'container',
      hint: 'Enter the path below the address of the account, like media/assets. "/" is the address itself.',
    });
  }
  const top = inner === '' ? '' : `/${encodePath(inner)}`;
  return `${settings.path}${top}/${encodePath(folderKey)}`;
}

export function assetPath(settings: WebdavSettings, container: string, key: string): string {
  return folderPath(settings, container, '') + encodePath(key);
}

function readAddress(text: string): URL {
  const refuse = (reason: string): never =>
    fail('invalid-input', `"${text}" is not the address of a server: ${reason}.`, {
      field: 'options.address',
      hint: 'An address looks like https://cloud.example.com/remote.php/dav/files/me.',
    });
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return refuse('it does not begin with https:// or http://');
  }
  if (url.username !== '' || url.password !== '') refuse('user name and password belong in the fields below');
  if (url.search !== '' || url.hash !== '') refuse('it holds "?" or "#"');
  return url;
}
