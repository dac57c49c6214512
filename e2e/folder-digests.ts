/**
 * Owns reading a folder back: every file below it with the sha256 of its bytes, for comparison with what was sent.
 * Used by specs.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Key (with slashes) → sha256 in hex. A folder that is not there has no files. */
export function digestFolder(folder: string): Record<string, string> {
  const digests: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    digests[relative(folder, path).split(sep).join('/')] = digestOf(readFileSync(path));
  }
  return digests;
}

export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
