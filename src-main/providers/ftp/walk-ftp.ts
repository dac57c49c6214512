/**
 * Owns the walk of a folder tree: depth first, by key, UTF-16 unit by unit. A folder sorts as its name with "/" after
 * it, so the last key is all that is needed to find the place again. Must not hold more than a bounded part of it in
 * memory, however many files one folder has. Called by ftp-provider.ts.
 *
 * It begins at the root of the container whatever the prefix, so that a link on the way to it is seen as one.
 */
import type { ListedAsset } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { Walk } from '../list-cursors.ts';
import { isTemporaryName } from '../local/local-key.ts';
import { isFolder, throwNoContainer } from './ask-file.ts';
import { listedFile } from './asset-of-file.ts';
import { pathOf } from './ftp-key.ts';
import type { FtpPool } from './ftp-pool.ts';
import { listFolder } from './list-folder.ts';
import type { ListedEntry } from './read-listing.ts';

/** Entries of one folder held at once, up to twice as many while it is listed. Of more, it is listed again. */
export const MAX_HELD_ENTRIES = 50_000;
/** Assets handed over at once. */
const BATCH = 256;

export interface WalkOptions {
  readonly prefix: string;
  /** Only keys after this one. */
  readonly after: string | null;
  readonly maxHeldEntries: number;
  readonly signal: () => AbortSignal;
}

/** A folder on the way down. */
interface Level {
  /** Empty for the root, else ends with "/". */
  readonly folderKey: string;
  readonly unique: string | undefined;
  /** Sorted; the name of a folder ends with "/". */
  readonly entries: readonly ListedEntry[];
  next: number;
  /** There are more after these. */
  readonly hasMore: boolean;
}

export async function* walkFtp(pool: FtpPool, container: string, options: WalkOptions): Walk {
  const read = (folderKey: string, from: string, unique?: string) =>
    readLevel(pool, container, { folderKey, from, unique }, options);
  const stack: Level[] = [await read('', '')];
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const { folderKey } = level;
    const found = level.entries[level.next];
    if (found === undefined) {
      stack.pop();
      const last = level.entries.at(-1);
      if (level.hasMore && last !== undefined) stack.push(await read(folderKey, last.name, level.unique));
    } else if (found.type === 'folder') {
      level.next += 1;
      // A link that the server shows as a folder, back to where we come from.
      const isLoop = found.unique !== undefined && stack.some(({ unique }) => unique === found.unique);
      if (!isLoop) stack.push(await read(folderKey + found.name, '', found.unique));
    } else {
      const batch = filesFrom(level);
      level.next += batch.length;
      yield batch;
    }
  }
}

function filesFrom({ folderKey, entries, next }: Level): readonly ListedAsset[] {
  const run = entries.slice(next, next + BATCH);
  const folderAt = run.findIndex(({ type }) => type === 'folder');
  const files = folderAt < 0 ? run : run.slice(0, folderAt);
  return files.map(({ name, sizeBytes, modifiedAtMs }) =>
    listedFile(folderKey + name, sizeBytes, modifiedAtMs ?? null),
  );
}

interface Place {
  readonly folderKey: string;
  /** Only what comes after this name. */
  readonly from: string;
  readonly unique: string | undefined;
}

async function readLevel(pool: FtpPool, container: string, place: Place, options: WalkOptions): Promise<Level> {
  const { folderKey, from, unique } = place;
  const { maxHeldEntries, signal } = options;
  // By name, because a server may be asked to list twice.
  let held = new Map<string, ListedEntry>();
  let hasMore = false;
  const keepFirst = (): readonly ListedEntry[] => {
    const entries = [...held.values()].sort(byName);
    if (entries.length <= maxHeldEntries) return entries;
    hasMore = true;
    const first = entries.slice(0, maxHeldEntries);
    held = new Map(first.map((entry) => [entry.name, entry]));
    return first;
  };
  const take = (entry: ListedEntry): void => {
    if (entry.type === 'file' && isTemporaryName(entry.name)) return;
    const name = entry.type === 'folder' ? `${entry.name}/` : entry.name;
    if (name <= from || !isWanted(folderKey, name, options)) return;
    held.set(name, { ...entry, name });
    if (held.size >= maxHeldEntries * 2) keepFirst();
  };
  const path = pathOf(container, folderKey).replace(/(.)\/$/, '$1');
  await pool.use(`list ${path}`, signal(), async (connection) => {
    if (!(await isFolder(connection, path))) throwClosed(path, folderKey);
    await listFolder(connection, path, take);
  });
  return { folderKey, unique, entries: keepFirst(), next: 0, hasMore };
}

function isWanted(folderKey: string, name: string, { prefix, after }: WalkOptions): boolean {
  const key = folderKey + name;
  if (!name.endsWith('/')) return key.startsWith(prefix) && (after === null || key > after);
  return (key.startsWith(prefix) || prefix.startsWith(key)) && (after === null || key > after || after.startsWith(key));
}

function byName(a: ListedEntry, b: ListedEntry): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** Servers do not tell a folder that is not there from one that is closed; what was just listed is there. */
function throwClosed(path: string, folderKey: string): never {
  if (folderKey === '') throwNoContainer(path);
  return fail('permission-denied', `The folder ${path} was listed but cannot be entered.`, {
    hint: 'Check what the user may do in this folder. If it was removed just now, try again.',
    retryable: true,
  });
}
