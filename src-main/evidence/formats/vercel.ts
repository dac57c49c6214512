/**
 * Owns the URL map as the `redirects` of a vercel.json, which can hold no remarks. Used by ../write-url-map.ts. Facts:
 * vercel.com/docs/routing/redirects/configuration-redirects (2,048 redirects, 4,096 characters for source and
 * destination); sources are patterns of path-to-regexp, in which a backslash makes a character mean itself.
 */
import type { UrlMapWriter } from '../url-map-format.ts';
import { requestPath } from '../web-address.ts';
import { queryComplaint } from './old-url.ts';

const MAX_REDIRECTS = 2_048;
const MAX_CHARACTERS = 4_096;

export const vercelMap: UrlMapWriter = {
  fileName: () => 'vercel.json',
  mediaType: 'application/json',
  usage: [],
  remarks: ({ redirects }) => [
    `Vercel takes at most ${MAX_REDIRECTS} redirects in a vercel.json (vercel.com/docs/routing/redirects/configuration-redirects); here are up to ${redirects}.`,
    ...(redirects > MAX_REDIRECTS
      ? ['Use the JSON or CSV map for its bulk redirects instead, or redirect by a pattern.']
      : []),
  ],
  head: () => '{\n  "$schema": "https://openapi.vercel.sh/vercel.json",\n  "redirects": [\n',
  separator: ',\n',
  foot: '\n  ]\n}\n',
  redirect({ old, newUrl }, { manyHosts }) {
    const complaint = queryComplaint(old);
    if (complaint !== null) return { leftOut: complaint };
    const source = requestPath(old.path).replace(/[()*+?:{}[\]\\]/g, '\\$&');
    if (source.length > MAX_CHARACTERS || newUrl.length > MAX_CHARACTERS) {
      return { leftOut: `Vercel takes no address of more than ${MAX_CHARACTERS} characters` };
    }
    const has = manyHosts ? { has: [{ type: 'host', value: old.hostname.replaceAll('.', '\\.') }] } : {};
    return { text: `    ${JSON.stringify({ source, ...has, destination: newUrl, statusCode: 301 })}` };
  },
  leftOut: null,
};
