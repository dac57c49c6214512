/**
 * Owns how a key becomes the web address under which it was, or will be, served. Pure. Must not know any format of a
 * URL map. Called by map-job.ts.
 */
import type { WebBase } from '../../src-shared/model/evidence.ts';
import { fail } from '../../src-shared/model/failure.ts';
import { isSigned } from '../../src-shared/model/url-key.ts';

/** A base that was judged: its origin, the path before the keys (decoded, ends in "/"), the prefix that it stands for. */
export interface ServedBase {
  readonly origin: string;
  readonly hostname: string;
  readonly folder: string;
  readonly prefix: string;
}

/** An address taken apart. `path` is decoded: what the server calls the asset. */
export interface WebAddress {
  readonly origin: string;
  readonly hostname: string;
  readonly path: string;
  /** With "?"; empty when there is none. */
  readonly query: string;
}

/** Throws FailureError at `field` when the text is no whole http(s) address of a folder. */
export function readBase({ url: text, prefix }: WebBase, field: 'oldBase' | 'newBase'): ServedBase {
  const refuse = (reason: string): never =>
    fail('invalid-input', `${JSON.stringify(text.slice(0, 200))} cannot stand before keys: ${reason}.`, {
      field: `${field}.url`,
      hint: 'It looks like https://static.example.com/ or https://example.com/images/.',
    });
  const url = URL.parse(text.trim());
  if (url === null || !/^https?:$/.test(url.protocol)) return refuse('it is no whole http:// or https:// address');
  if (url.username !== '' || url.password !== '') refuse('it holds a user name or password');
  if (/[?#]/.test(text)) refuse('it has a query or a fragment');
  const path = decoded(url.pathname) ?? refuse('its path is not readable as UTF-8');
  return { origin: url.origin, hostname: hostOf(url), folder: asFolder(path), prefix: asFolder(prefix, '') };
}

/** null: the key does not lie below the base's prefix. */
export function addressBelow(base: ServedBase, key: string): WebAddress | null {
  if (!key.startsWith(base.prefix) || key === base.prefix) return null;
  const { origin, hostname, folder, prefix } = base;
  return { origin, hostname, path: folder + key.slice(prefix.length), query: '' };
}

/** Of a key that is a whole address. null: it is none, or its path is no UTF-8. */
export function addressOfUrl(text: string): WebAddress | null {
  const url = URL.parse(text);
  const path = url === null ? null : decoded(url.pathname);
  if (url === null || path === null) return null;
  // A permit is no part of the address: links to the asset never had it, and it opens doors.
  return { origin: url.origin, hostname: hostOf(url), path, query: isSigned(text) ? '' : url.search };
}

/** Why no address can lead to it; null: one can. */
export function unreachable({ path }: WebAddress): string | null {
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) {
    return 'a path segment "." or ".." is resolved before a server sees it';
  }
  if (!path.isWellFormed()) return 'it holds half of a character';
  if (path.includes('\0')) return 'it holds a NUL';
  return null;
}

/** Characters of a path (RFC 3986, pchar and "/") stay as browsers send them; "+" does not, which S3 reads as a space. */
export function requestPath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*,;=:@/]+/gu, strictly);
}

/** Everything but unreserved characters and "/" is encoded, so that the address means itself in every format. */
export function strictPath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~/]+/gu, strictly);
}

function strictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function asFolder(path: string, empty = '/'): string {
  if (path === '') return empty;
  return path.endsWith('/') ? path : `${path}/`;
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/\.$/, '');
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
