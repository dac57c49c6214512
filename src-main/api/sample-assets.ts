/**
 * Owns the sample migration's files: 24 small assets made on the spot, so that a first-time user sees the whole
 * journey without an account. Must not touch anything outside the sample folder. Called by handlers.ts.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ParsedParams } from '../../src-shared/contract/commands.ts';
import { DEFAULT_POLICIES } from '../../src-shared/model/migration.ts';
import { NO_FILTER } from '../../src-shared/model/selection.ts';

const KIB = 1024;
/** The built-in account of the local provider (providers/local/descriptor.ts). */
const LOCAL = 'this-computer';

/** One is empty, one is larger than the spool keeps in memory, some have names that break careless programs. */
const SAMPLE: readonly (readonly [key: string, sizeBytes: number])[] = [
  ['photos/harbour-01.jpg', 412 * KIB],
  ['photos/harbour-02.jpg', 388 * KIB],
  ['photos/harbour-03.jpg', 455 * KIB],
  ['photos/quay at dawn.jpg', 297 * KIB],
  ['photos/Größen & Maße.jpg', 310 * KIB],
  ['photos/крановщик@2x.webp', 122 * KIB],
  ['photos/港口/夜景.avif', 208 * KIB],
  ['photos/thumbs/harbour-01.jpg', 14 * KIB],
  ['photos/thumbs/harbour-02.jpg', 12 * KIB],
  ['photos/thumbs/harbour-03.jpg', 15 * KIB],
  ['video/crane-night.mp4', 9_400 * KIB],
  ['video/crane-night.vtt', 3 * KIB],
  ['documents/manifest.pdf', 840 * KIB],
  ['documents/bill-of-lading.pdf', 610 * KIB],
  ['documents/100% signed + stamped.pdf', 733 * KIB],
  ['documents/notes.txt', 2 * KIB],
  ['documents/empty.txt', 0],
  ['site/index.html', 9 * KIB],
  ['site/app.css', 27 * KIB],
  ['site/app.js', 184 * KIB],
  ['site/fonts/inter.woff2', 344 * KIB],
  ['site/favicon.ico', 1],
  ['backups/database.sql.gz', 3_100 * KIB],
  ['backups/settings.json', 6 * KIB],
];

/** Writes the assets and says how to move them: from one folder of the profile to a new one beside it. */
export async function makeSample(folder: string, nowMs: number): Promise<ParsedParams<'migration.submit'>> {
  const source = join(folder, 'source');
  const destination = join(folder, `destination-${nowMs.toString(36)}`);
  for (const [index, [key, sizeBytes]] of SAMPLE.entries()) {
    const path = join(source, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, noise(sizeBytes, index + 1));
  }
  await mkdir(destination, { recursive: true });
  return {
    name: 'Sample: harbour → archive',
    source: { accountId: LOCAL, container: source, prefix: '' },
    destination: { accountId: LOCAL, container: destination, prefix: '' },
    selection: { kind: 'listing', filter: NO_FILTER },
    policies: { ...DEFAULT_POLICIES, minimumProof: 're-read' },
    queue: 'default',
  };
}

/** Removes every folder that the sample made. */
export async function removeSample(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Bytes that look random and are the same for the same seed: xorshift32 (Marsaglia 2003). */
function noise(sizeBytes: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  let state = seed * 0x9e3779b9 || 1;
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, sizeBytes);
}
