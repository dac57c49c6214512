/**
 * Owns what a sitemap says: the addresses in it, or the sitemaps that it lists. Pure: text in, addresses out; holds no
 * text of the page. Must not make requests or judge addresses. Called by read-sitemap.ts. Format: sitemaps.org 0.9, with
 * Google's extensions for images and videos.
 */
import { Parser } from 'htmlparser2';
import { fail } from '../../../src-shared/model/failure.ts';

/** By the protocol. */
const MAX_ENTRIES = 50_000;
/** Ten times what the protocol's own elements need; a page of tags that are never closed is none. */
const MAX_DEPTH = 32;
/** An address has at most 2,048 characters by the protocol; ours may be somewhat longer. */
const MAX_ADDRESS_CHARACTERS = 8_192;
/** Elements that hold an address, with the element around them that they belong to. */
const ADDRESSES: Readonly<Record<string, string>> = {
  loc: 'url',
  'image:loc': 'image:image',
  'video:content_loc': 'video:video',
  'video:thumbnail_loc': 'video:video',
};

export interface Sitemap {
  readonly kind: 'addresses' | 'sitemaps';
  /** Each once, in the order of the page, without white space around it. */
  readonly addresses: readonly string[];
}

export interface SitemapReader {
  write(text: string): void;
  end(): Sitemap;
}

/** `what` names the sitemap in messages. Throws `unsupported` when it is none, `too-large` when it has too many entries. */
export function sitemapReader(what: string): SitemapReader {
  const found = new Set<string>();
  const path: string[] = [];
  let kind: Sitemap['kind'] | null = null;
  let isWhole = false;
  let entries = 0;
  let text: string | null = null;
  const notOne = (reason: string): never =>
    fail('unsupported', `${what} is no sitemap: ${reason}.`, {
      field: 'container',
      hint: 'A sitemap is XML whose first element is urlset or sitemapindex.',
    });

  const open = (name: string): void => {
    if (kind === null) kind = name === 'urlset' ? 'addresses' : name === 'sitemapindex' ? 'sitemaps' : null;
    if (kind === null) notOne(`it begins with <${name.slice(0, 50)}>`);
    path.push(name);
    if (path.length > MAX_DEPTH) notOne('its elements are nested too deep');
    if (path.length === 2 && (name === 'url' || name === 'sitemap')) entries += 1;
    if (entries > MAX_ENTRIES)
      fail('too-large', `${what} has more than the ${MAX_ENTRIES} entries that a sitemap may have.`);
    const around = kind === 'sitemaps' && name === 'loc' ? 'sitemap' : ADDRESSES[name];
    if (around !== undefined && path.at(-2) === around) text = '';
  };
  const close = (): void => {
    path.pop();
    if (path.length === 0) isWhole = true;
    if (text === null) return;
    const address = text.trim();
    text = null;
    if (address === '') notOne('an entry has no address');
    found.add(address);
  };
  const parser = new Parser(
    {
      onopentagname: (name) => open(localName(name)),
      ontext: (piece) => {
        if (text === null) return;
        text += piece;
        if (text.length > MAX_ADDRESS_CHARACTERS) notOne('an address in it never ends');
      },
      // `isImplied`: the page ended, or something around it was closed first.
      onclosetag: (_, isImplied) => {
        if (isImplied) notOne('it breaks off, or its elements do not fit together');
        close();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  return {
    write: (piece) => parser.write(piece),
    end: () => {
      parser.end();
      if (kind === null) return notOne('it is empty, or no XML');
      if (!isWhole) return notOne('it breaks off');
      return { kind, addresses: [...found] };
    },
  };
}

/** "sm:url" is a url where somebody gave the sitemap's own names a prefix; those of the extensions keep theirs. */
function localName(name: string): string {
  return /^(?:image|video):/.test(name) ? name : name.slice(name.indexOf(':') + 1);
}
