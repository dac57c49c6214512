/**
 * Owns the URL map as the CSV of a Cloudflare Bulk Redirect List: no header line, no remarks, no header comment. Used
 * by ../write-url-map.ts. Facts: developers.cloudflare.com/rules/url-forwarding/bulk-redirects/reference/csv-file-format
 * and …/url-components (a source has no port and no query; without a scheme it means both).
 */
import type { UrlMapWriter } from '../url-map-format.ts';
import { requestPath } from '../web-address.ts';
import { queryComplaint } from './old-url.ts';

export const cloudflareMap: UrlMapWriter = {
  fileName: (migrationId) => `transship-migration-${migrationId}-urls.cloudflare.csv`,
  mediaType: 'text/csv; charset=utf-8',
  usage: [],
  remarks: ({ redirects }) => [
    `Up to ${redirects} redirects: how many an account may have over all of its lists depends on its plan (developers.cloudflare.com/rules/url-forwarding/, "URL redirects across lists").`,
  ],
  head: () => '',
  separator: '',
  foot: '',
  redirect({ old, newUrl }) {
    const complaint = queryComplaint(old);
    if (complaint !== null) return { leftOut: complaint };
    if (new URL(old.origin).port !== '') return { leftOut: 'Cloudflare matches no port in an old address' };
    return { text: `${field(`${old.hostname}${requestPath(old.path)}`)},${field(newUrl)},301\r\n` };
  },
  leftOut: null,
};

/** Both are encoded, so a comma is the only character that asks for quotes. */
function field(text: string): string {
  return text.includes(',') ? `"${text}"` : text;
}
