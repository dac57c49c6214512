/**
 * Owns the URL map as Netlify's `_redirects`. Used by ../write-url-map.ts. Facts:
 * docs.netlify.com/manage/routing/redirects/overview (first match wins, special characters are percent-encoded, 10,000
 * or more are advised against) and …/redirect-options ("*" is a splat, ":name" a placeholder, "!" goes before files).
 */
import { headLines, leftOutLine, type UrlMapWriter } from '../url-map-format.ts';
import { requestPath } from '../web-address.ts';
import { queryComplaint } from './old-url.ts';

const ADVISED = 10_000;

export const netlifyMap: UrlMapWriter = {
  fileName: () => '_redirects',
  mediaType: 'text/plain; charset=utf-8',
  usage: ['Use: as the file _redirects in the publish directory of the site that serves the old addresses.'],
  remarks: ({ redirects }) => [
    `Limits: Netlify advises against ${ADVISED} redirects or more, a deploy may fail with them (docs.netlify.com/manage/routing/redirects/overview); here are up to ${redirects}.`,
  ],
  head: headLines,
  separator: '',
  foot: '',
  redirect({ old, newUrl }, { manyHosts }) {
    const complaint = queryComplaint(old);
    if (complaint !== null) return { leftOut: complaint };
    const path = requestPath(old.path).replaceAll('*', '%2A').replaceAll(':', '%3A');
    return { text: `${manyHosts ? old.origin : ''}${path} ${newUrl} 301!\n` };
  },
  leftOut: leftOutLine,
};
