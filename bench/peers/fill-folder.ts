/**
 * Owns a folder of files of random bytes, for benches. Used by vs-rclone.ts.
 */
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Random: a file system or a protocol that compresses gains nothing. */
export async function fillFolder(folder: string, count: number, sizeBytes: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const block = Buffer.alloc(Math.min(sizeBytes, 4 * 1024 * 1024));
  for (let index = 0; index < count; index += 1) {
    const file = openSync(join(folder, `asset-${String(index).padStart(5, '0')}.bin`), 'w');
    for (let written = 0; written < sizeBytes; written += block.length) writeSync(file, randomFillSync(block));
    closeSync(file);
  }
}
