/**
 * Owns the answers under `app://bundle`: the files of the built renderer and nothing else. Must not turn an address
 * into a path: it looks the address up among the files that were there at the start. Registered by secure-session.ts.
 */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
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

interface BundleFile {
  readonly path: string;
  readonly mediaType: string;
}

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

/** Address path → file. Links are no files and no folders here: `readdir`'s own recursion would follow them. */
function listBundle(folder: string, address = ''): ReadonlyMap<string, BundleFile> {
  const files = new Map<string, BundleFile>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const below = `${address}/${encodeURIComponent(entry.name)}`;
    const mediaType = MEDIA_TYPES[extname(entry.name)];
    if (entry.isDirectory()) for (const [found, file] of listBundle(path, below)) files.set(found, file);
    else if (entry.isFile() && mediaType !== undefined) files.set(below, { path, mediaType });
  }
  return files;
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: PAGE_HEADERS });
}
