/**
 * Owns which links of an index page are assets and folders below it. Pure: page text in, relative keys out. Must not
 * make requests. Called by read-index.ts. Reads the HTML of nginx, Apache and pages made by hand, and nginx's JSON.
 */
import { Parser } from 'htmlparser2';
import { fail } from '../../../src-shared/model/failure.ts';
import { type Address, addressText, parseAddress } from './address.ts';

/** Something below a folder. `key` is relative to it, decoded; a folder's ends with "/". Size -1: not known exactly. */
export interface IndexEntry {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs?: number;
}

/** Takes the page in pieces; `entries` holds each key once, when the page is whole. */
export interface IndexReader {
  write(text: string): void;
  end(): readonly IndexEntry[];
}

/** A date, a time and a size in plain digits after the link: nginx, and Apache for files below a kilobyte. */
const EXACT_SIZE = /^\s+(?:\d{2}-[A-Za-z]{3}-\d{4}|\d{4}-\d{2}-\d{2}) \d{2}:\d{2}\s+(\d+)\s*$/;

/** Links of an HTML page at `folder`. Links elsewhere, to the folder itself and with a query are not part of it. */
export function htmlIndex(folder: Address): IndexReader {
  const sizes = new Map<string, number>();
  let open: string | null = null;
  let after: { readonly key: string; text: string } | null = null;
  const settle = (): void => {
    const match = after === null ? null : EXACT_SIZE.exec(after.text);
    if (after !== null && match !== null) sizes.set(after.key, Number(match[1]));
    after = null;
  };
  const parser = new Parser({
    onopentag: (name, attributes) => {
      settle();
      const { href } = attributes;
      if (name !== 'a' || href === undefined) return;
      open = keyOfLink(href, folder);
      if (open !== null && !sizes.has(open)) sizes.set(open, -1);
    },
    ontext: (text) => {
      if (after !== null) after.text += text;
    },
    onclosetag: (name) => {
      settle();
      if (name === 'a' && open !== null) after = { key: open, text: '' };
      if (name === 'a') open = null;
    },
  });
  return {
    write: (text) => parser.write(text),
    end: () => {
      parser.end();
      settle();
      return [...sizes].map(([key, sizeBytes]) => ({ key, sizeBytes }));
    },
  };
}

/** nginx with autoindex_format json: an array of { name, type, size, mtime }. */
export function jsonIndex(folder: Address): IndexReader {
  const pieces: string[] = [];
  return {
    write: (text) => pieces.push(text),
    end: () => parseJson(pieces.join(''), folder).map((entry) => jsonEntry(entry, folder)),
  };
}

function parseJson(text: string, folder: Address): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  return fail('unsupported', `${addressText(folder)} sends JSON that is no index of a folder.`, { field: 'container' });
}

function jsonEntry(entry: unknown, folder: Address): IndexEntry {
  const { name, type, size, mtime } = Object(entry) as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || name === '' || name.includes('/') || name === '.' || name === '..') {
    return fail('unsupported', `The index of ${addressText(folder)} has an entry without a usable name.`);
  }
  const modifiedAtMs = typeof mtime === 'string' ? Date.parse(mtime) : Number.NaN;
  return {
    key: type === 'directory' ? `${name}/` : name,
    sizeBytes: Number.isSafeInteger(size) && Number(size) >= 0 ? Number(size) : -1,
    ...(Number.isNaN(modifiedAtMs) ? {} : { modifiedAtMs }),
  };
}

/** The key of a link below the folder, decoded exactly once; null when it leads anywhere else. */
function keyOfLink(href: string, folder: Address): string | null {
  const [link = ''] = href.trim().split('#', 1);
  if (link === '' || link.includes('?')) return null;
  const path = linkPath(link, folder);
  const segments = path?.slice(1).split('/').map(decodeSegment);
  const base = folder.path.slice(1, -1).split('/').map(decodeSegment);
  if (segments === undefined || segments.includes('..')) return null;
  const start = folder.path === '/' ? 0 : base.length;
  if (start > 0 && base.some((segment, at) => segments[at] !== segment)) return null;
  const below = segments.slice(start).filter((segment) => segment !== '.');
  for (const segment of below) {
    if (segment !== null && !segment.includes('/') && !segment.includes('\0')) continue;
    fail(
      'name-invalid',
      `The index of ${addressText(folder)} has a link whose name is no text: ${href.slice(0, 200)}.`,
      {
        hint: 'Rename that file on the server, or give a list of addresses instead.',
      },
    );
  }
  return below.join('/') === '' ? null : below.join('/');
}

/** The path that a link means, dots not yet resolved; undefined when it is on another server or of another kind. */
function linkPath(link: string, folder: Address): string | undefined {
  if (/^https?:\/\//i.test(link) || link.startsWith('//')) {
    const scheme = folder.origin.slice(0, folder.origin.indexOf(':'));
    const address = parseAddress(link.startsWith('//') ? `${scheme}:${link}` : link, 'container');
    return address.origin === folder.origin ? address.path : undefined;
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined;
  return link.startsWith('/') ? link : folder.path + link;
}

/** null when the bytes behind the percent signs are not UTF-8. */
function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch (thrown) {
    if (thrown instanceof URIError) return null;
    throw thrown;
  }
}
