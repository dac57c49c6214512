/**
 * Owns the files of the built renderer, as a table of addresses: what is not in it does not exist, so no address can
 * name another file. Links are no files and no folders here: `readdir`'s own recursion would follow them. Used by both
 * doors: electron/bundle-handler.ts and headless/http-door.ts.
 */
import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface PageFile {
  readonly path: string;
  readonly mediaType: string;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Address path → file, read once at start. */
export function listPageFiles(root: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  collect(root, '', files);
  return files;
}

function collect(folder: string, address: string, files: Map<string, PageFile>): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const below = `${address}/${encodeURIComponent(entry.name)}`;
    const mediaType = MEDIA_TYPES[extname(entry.name)];
    if (entry.isDirectory()) collect(path, below, files);
    else if (entry.isFile() && mediaType !== undefined) files.set(below, { path, mediaType });
  }
}
