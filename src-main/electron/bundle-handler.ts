/**
 * Owns the answers under `app://bundle`: the files of the built renderer and nothing else. Must not turn an address
 * into a path: it looks the address up among the files that were there at the start. Registered by secure-session.ts.
 */
import { readFile } from 'node:fs/promises';
import { PAGE_HEADERS } from '../../src-shared/contract/page-headers.ts';
import { listPageFiles } from '../node-ports/page-files.ts';
import { isBundleAddress } from './bundle-address.ts';

/** Answers GET and HEAD for regular files of known types under `root`; links are not followed. */
export function createBundleHandler(root: string): (request: Request) => Promise<Response> {
  const files = listPageFiles(root);
  return async ({ method, url }) => {
    if (method !== 'GET' && method !== 'HEAD') return refuse(405);
    const file = isBundleAddress(url) ? files.get(new URL(url).pathname) : undefined;
    if (file === undefined) return refuse(404);
    const body = method === 'GET' ? new Uint8Array(await readFile(file.path)) : null;
    return new Response(body, { headers: { ...PAGE_HEADERS, 'Content-Type': file.mediaType } });
  };
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: PAGE_HEADERS });
}
