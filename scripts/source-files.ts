/**
 * Owns the answer to "which files are ours": walks the rooms. Must not judge what it finds.
 * Called by house-rules.ts and by the build's staleness check.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Paths below the given folders and files, relative to `root`, with `/`, in byte order. Skips node_modules and
 * dot-files; a name in `tops` that does not exist is skipped too, for a room may not be built yet.
 */
export function listFiles(root: string, tops: readonly string[]): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (!tops.includes(entry.name)) continue;
    if (entry.isFile()) found.push(entry.name);
    if (!entry.isDirectory()) continue;
    for (const below of readdirSync(join(root, entry.name), { recursive: true, withFileTypes: true })) {
      const path = join(below.parentPath, below.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/');
      if (below.isFile() && !/(^|\/)(node_modules\/|\.)/.test(path)) found.push(path);
    }
  }
  return found.sort();
}
