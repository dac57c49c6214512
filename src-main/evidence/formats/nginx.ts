/**
 * Owns the URL map as an nginx `map` of host and decoded path. Must not redirect by patterns: every asset is a line.
 * Used by ../write-url-map.ts. Facts: nginx.org/en/docs/http/ngx_http_map_module.html (strings are compared without
 * regard to case), and the parser's buffer of 4,096 bytes for one word (NGX_CONF_BUFFER).
 */
import { headLines, leftOutLine, type UrlMapWriter } from '../url-map-format.ts';
import type { WebAddress } from '../web-address.ts';
import { queryComplaint } from './old-url.ts';

/** Both quotes and some room below the parser's buffer. */
const MAX_WORD_BYTES = 4_000;

const keyOf = ({ hostname, path }: WebAddress): string => `${hostname}${path}`;

export const nginxMap: UrlMapWriter = {
  fileName: (migrationId) => `transship-migration-${migrationId}-urls.nginx.conf`,
  mediaType: 'text/plain; charset=utf-8',
  usage: [
    'Use: include this file in the http block; then, in the server block of the old host:',
    '    if ($transship_new_url) { return 301 $transship_new_url; }',
  ],
  remarks: ({ redirects }) => [
    `Limits: set map_hash_max_size ${nextPower(redirects * 2)}; and map_hash_bucket_size 8192; in the http block, or nginx refuses to start with this many or this long addresses (ngx_http_map_module).`,
    'nginx compares strings of a map without regard to case: of two keys that differ only in case the second is left out.',
    'Keys with "//" match only where merge_slashes is off.',
  ],
  head: (facts, writer) => `${headLines(facts, writer)}map $host$uri $transship_new_url {\n    default "";\n`,
  separator: '',
  foot: '}\n',
  redirect({ old, newUrl }) {
    const complaint = queryComplaint(old);
    if (complaint !== null) return { leftOut: complaint };
    const key = quoted(keyOf(old));
    if (Buffer.byteLength(key) > MAX_WORD_BYTES || newUrl.length > MAX_WORD_BYTES) {
      return { leftOut: `nginx reads no word of more than ${MAX_WORD_BYTES} bytes` };
    }
    return { text: `    ${key} ${quoted(newUrl)};\n` };
  },
  leftOut: (missing) => `    ${leftOutLine(missing)}`,
  // Its own folding knows ASCII only.
  sameAs: (old) => keyOf(old).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
};

/** A new address holds no `$`: it was encoded, since nginx has no way to write one that is no variable. */
function quoted(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

function nextPower(atLeast: number): number {
  return 2 ** Math.max(11, Math.ceil(Math.log2(Math.max(1, atLeast))));
}
