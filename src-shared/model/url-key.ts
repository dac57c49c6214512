/**
 * Owns how a web address names an asset: the key that it becomes, whether it is signed, whether it is a sitemap's. Pure; must not normalise.
 * Used where keys are made and where lists are read, so that both find the same two lines with one key.
 */

/** Scheme, authority, path, query. A fragment is the reader's business. */
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)\/?([^?#]*)(?:\?([^#]*))?/is;

/** Whether a container is the address of a sitemap: its path ends in .xml or .xml.gz. */
export function isSitemap(container: string): boolean {
  return /^https?:\/\/[^?#]*\.xml(\.gz)?(?:[?#]|$)/i.test(container);
}

/** Whether the keys in a container are whole addresses: where there is none, only a list, and in a sitemap. */
export function keysAreUrls(container: string): boolean {
  return container.trim() === '' || isSitemap(container);
}

/**
 * The path, decoded exactly once. A query that tells assets apart ("image.php?id=5") follows as "%3F" and its text, in
 * which everything is encoded that no file may be named: decoding it once gives the query back. The query of a signed
 * address is a permit and no part of the name; it is left out, so that no secret becomes a key.
 */
export function keyOfUrl(url: string): string {
  const [, , , path = '', query = ''] = PARTS.exec(url) ?? [];
  if (query === '' || isSigned(url)) return decodedOnce(path);
  return `${decodedOnce(path)}%3F${query.replace(UNFIT, encoded)}`;
}

/** What Windows, and a key that must stay one name, do not allow; and the sign of encoding itself. */
const UNFIT = /[%/\\:*?"<>|]/g;

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** As Google's Storage Transfer names it: the host stands before the path. */
export function keyWithHost(url: string): string {
  const [, , authority = ''] = PARTS.exec(url) ?? [];
  return `${authority.replace(/:\d+$/, '').toLowerCase()}/${keyOfUrl(url)}`;
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray % is a character of the name.
    return text;
  }
}

/**
 * Parameters by which S3, Google, Alibaba, Azure, CloudFront, Akamai, Firebase and nginx's secure_link hand out
 * permits. An address that has one of them opens a door for whoever knows it.
 */
const PERMITS: ReadonlySet<string> = new Set([
  'x-amz-signature',
  'x-amz-security-token',
  'x-goog-signature',
  'x-oss-signature',
  'signature',
  'sig',
  'token',
  'access_token',
  'hdnea',
  'hdnts',
  'expires',
]);

export function isSigned(url: string): boolean {
  return [...parametersOf(url).keys()].some((name) => PERMITS.has(name));
}

/**
 * How an address is shown: the query of a signed one is nobody's business, nor is a password in it. Also of one that was
 * mistyped and is none, such as "example.com/a.jpg?sig=…".
 */
export function shownUrl(url: string): string {
  const nameless = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/is, '$1…@');
  const isShown = !isSigned(PARTS.test(url) ? url : `any://${url}`);
  return isShown ? nameless : nameless.replace(/\?[^#]*/s, '?…');
}

/** When the permit of a signed address ends, where the address tells; null where it does not. */
export function permitEndsAtMs(url: string): number | null {
  const query = parametersOf(url);
  for (const service of ['amz', 'goog', 'oss']) {
    const startMs = basicTimeMs(query.get(`x-${service}-date`));
    const lifetimeSeconds = wholeNumber(query.get(`x-${service}-expires`));
    if (startMs !== null && lifetimeSeconds !== null) return startMs + lifetimeSeconds * 1_000;
  }
  const atSeconds = wholeNumber(query.get('expires'));
  if (atSeconds !== null) return atSeconds * 1_000;
  const azureMs = Date.parse(query.get('se') ?? '');
  return query.has('sig') && !Number.isNaN(azureMs) ? azureMs : null;
}

/** Names in lower case. */
function parametersOf(url: string): ReadonlyMap<string, string> {
  const pairs = (PARTS.exec(url)?.[4] ?? '').split('&').map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=');
    return [decodedOnce(name).toLowerCase(), decodedOnce(value.join('='))];
  });
  return new Map(pairs);
}

/** "20261121T080000Z". */
function basicTimeMs(text: string | undefined): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
}
