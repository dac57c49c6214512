/**
 * Owns the answers under `app://bundle`: the files of the built renderer and nothing else. Must not turn an address
 * into a path: it looks the address up among the files that were there at the start. Registered by secure-session.ts.
 */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { PAGE_HEADERS } from '../../src-shared/contract/page-headers.ts';
import { isBundleAddress } from './bundle-address.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Answers GET and HEAD for regular files of known types under `root`; links are not followed. */
export function createBundleHandler(root: string): (request: Request) => Promise<Response> {
  const files = listBundle(root);
  return async ({ method, url }) => {
    if (method !== 'GET' && method !== 'HEAD') return refuse(405);
    const file = isBundleAddress(url) ? files.get(new URL(url).pathname) : undefined;
    if (file === undefined) return refuse(404);
    const body = method === 'GET' ? new Uint8Array(await readFile(file.path)) : null;
    return new Response(body, { headers: { ...PAGE_HEADERS, 'Content-Type': file.mediaType } });
  };
}

function listBundle(root: string): ReadonlyMap<string, { readonly path: string; readonly mediaType: string }> {
  const files = new Map<string, { path: string; mediaType: string }>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const mediaType = MEDIA_TYPES[extname(entry.name)];
    if (!entry.isFile() || mediaType === undefined) continue;
    const address = relative(root, path).split(sep).map(encodeURIComponent).join('/');
    files.set(`/${address}`, { path, mediaType });
  }
  return files;
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: PAGE_HEADERS });
}
