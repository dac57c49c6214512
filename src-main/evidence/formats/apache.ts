/**
 * Owns the URL map as an Apache RewriteMap of type txt. Must not need anything but mod_rewrite. Used by
 * ../write-url-map.ts. Facts: httpd.apache.org/docs/2.4/rewrite/rewritemap.html; mod_rewrite reads lines of up to 1,024
 * bytes (REWRITE_MAX_TXT_MAP_LINE), and its `int:escape` writes %xx in lower case.
 */
import { headLines, leftOutLine, type UrlMapWriter } from '../url-map-format.ts';
import { queryComplaint } from './old-url.ts';

const MAX_LINE_BYTES = 1_000;

/** A lookup in a map, as mod_rewrite writes it. */
function expansion(lookup: string): string {
  return `\${${lookup}}`;
}

export const apacheMap: UrlMapWriter = {
  fileName: (migrationId) => `transship-migration-${migrationId}-urls.rewritemap.txt`,
  mediaType: 'text/plain; charset=utf-8',
  usage: [
    'Use, in the virtual host of the old name (a RewriteMap is not allowed in .htaccess), with UseCanonicalName Off:',
    '    RewriteEngine On',
    '    RewriteMap esc int:escape',
    '    RewriteMap transship txt:/path/of/this/file',
    `    RewriteCond ${expansion(`transship:%{SERVER_NAME}${expansion('esc:%{REQUEST_URI}')}`)} ^(.+)$`,
    '    RewriteRule ^ %1 [R=301,NE,L]',
  ],
  remarks: () => [
    'Limits: a line has at most 1,024 bytes (mod_rewrite, REWRITE_MAX_TXT_MAP_LINE); longer ones are left out. For many thousand lines make a dbm file of it: httxt2dbm -i FILE -o FILE.dbm.',
    'Keys with "//" match only where MergeSlashes is off, keys with an encoded slash or backslash only as AllowEncodedSlashes says.',
  ],
  head: headLines,
  separator: '',
  foot: '',
  redirect({ old, newUrl }) {
    const complaint = queryComplaint(old);
    if (complaint !== null) return { leftOut: complaint };
    const path = escapedByApache(old.path);
    // Versions differ in whether they escape a semicolon: such an asset stands there in both spellings.
    const spellings = path.includes(';') ? [path, path.replaceAll(';', '%3b')] : [path];
    const lines = spellings.map((spelling) => `${old.hostname}${spelling} ${newUrl}\n`);
    if (lines.some((line) => line.length > MAX_LINE_BYTES)) {
      return { leftOut: `Apache reads no line of more than ${MAX_LINE_BYTES} bytes` };
    }
    return { text: lines.join('') };
  },
  leftOut: leftOutLine,
};

/** As `int:escape` writes a path, so that one spelling stands for however a client spelled it. */
function escapedByApache(path: string): string {
  return path.replace(/[^A-Za-z0-9$\-_.+!*'(),:;@&=/~]+/gu, (text) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}
