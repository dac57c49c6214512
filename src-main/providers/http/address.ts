/**
 * Owns the reading of web addresses. Must not normalise paths: what the person wrote is what the server is asked for.
 * (`new URL` would turn `/a/../k` into `/k`.) Pure. Called by everything in this folder.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { shownUrl } from '../../../src-shared/model/url-key.ts';
import { encodePath } from '../wire/encode-path.ts';

export interface Address {
  /** Scheme, host and port in canonical form: "https://example.com:8443". */
  readonly origin: string;
  /** Canonical host without port; an IPv6 address without brackets. */
  readonly host: string;
  /** Path and query as they go on the wire; begins with "/". */
  readonly path: string;
}

/** Scheme, authority, path with query; a fragment is the reader's business and is left out. */
const ADDRESS = /^(https?):\/\/([^/?#]*)([^#]*)(?:#.*)?$/is;
/** Lone percent signs and characters that no URL may hold; percent-encoded bytes pass as they are. */
const NOT_IN_URL = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+/gu;

/** Throws `invalid-input` with the field when the text is not a whole http:// or https:// address. */
export function parseAddress(text: string, field: string): Address {
  const refuse = (reason: string): never =>
    fail(
      'invalid-input',
      `${JSON.stringify(shownUrl(text).slice(0, 200))} is not an address to read from: ${reason}.`,
      {
        field,
        hint: 'A whole address looks like https://example.com/images/logo.png.',
      },
    );
  const match = ADDRESS.exec(text);
  if (match === null) return refuse('it does not begin with http:// or https://');
  const [, scheme = '', authority = '', rest = ''] = match;
  if (/[\p{Cc}\\]/u.test(text) || !text.isWellFormed()) refuse('it holds control characters or a backslash');
  if (authority.includes('@')) refuse('user name and password belong in the account, not in the address');
  const url = URL.parse(`${scheme}://${authority}/`);
  if (url === null || url.hostname === '') return refuse('its host is not readable');
  const path = rest.replace(NOT_IN_URL, (characters) => encodePath(characters));
  return {
    origin: url.origin,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    path: path.startsWith('/') ? path : `/${path}`,
  };
}

export function addressText(address: Address): string {
  return address.origin + address.path;
}

/** As people may see it: without the permit of a signed one. */
export function shownAddress(address: Address): string {
  return shownUrl(addressText(address));
}

/**
 * The folder that an index page stands for: its own address when it ends with "/", the folder that holds it when it is
 * a page ("…/index.html"), else the address with "/" after it.
 */
export function indexFolder(container: string): Address {
  const page = parseAddress(container, 'container');
  if (page.path.includes('?')) {
    fail('invalid-input', `${shownAddress(page)} has a query, so it is not the address of a folder.`, {
      field: 'container',
    });
  }
  const folder = page.path.slice(0, page.path.lastIndexOf('/') + 1);
  const name = page.path.slice(folder.length);
  const isPage = name === '' || /\.(html?|json)$/i.test(name);
  return { ...page, path: isPage ? folder : `${page.path}/` };
}

/** The address of a key below an index folder. Throws `name-invalid` when the key would leave the folder. */
export function keyAddress(folder: Address, key: string): Address {
  const leaves = key.split('/').some((segment) => segment === '.' || segment === '..');
  if (key === '' || leaves || !key.isWellFormed() || key.includes('\0')) {
    fail('name-invalid', `The key ${JSON.stringify(key.slice(0, 200))} is no address below ${addressText(folder)}.`);
  }
  return { ...folder, path: folder.path + encodePath(key) };
}
