/**
 * Owns the order and the walk of a tree of folders that somebody else reads. Must not hold more than a bounded part of
 * it in memory, however many files one folder has, and knows no protocol. Called by list-sftp.ts.
 *
 * Order: by key, UTF-16 unit by unit. A folder sorts as its name with "/" after it, so going down at that place gives
 * exactly that order for the whole tree, and the last key is all that is needed to find the place again.
 */
import type { ListedAsset } from '../../../src-shared/model/asset.ts';
import type { Walk } from '../list-cursors.ts';

/** Assets handed over at once. */
const BATCH = 1_000;

/** What a folder holds: another folder, whose name ends with "/", or a file. */
export type TreeEntry =
  | { readonly kind: 'folder'; readonly name: string }
  | { readonly kind: 'file'; readonly name: string; readonly asset: ListedAsset };

export interface TreeWalk {
  readonly prefix: string;
  /** Only keys after this one. */
  readonly after: string | null;
  /** Entries of one folder held at once, up to twice as many while it is read. A folder with more is read again. */
  readonly maxHeldEntries: number;
  /** Entries in any order. The key of a folder is empty for the root, else it ends with "/". */
  readonly read: (folderKey: string) => AsyncIterable<readonly TreeEntry[]>;
  /** Sees each entry that the walk goes on with; what it throws ends the walk. */
  readonly vet: (folderKey: string, entry: TreeEntry) => void;
}

/** A folder on the way down. */
interface Level {
  readonly folderKey: string;
  readonly entries: readonly TreeEntry[];
  next: number;
  /** There are more entries after these. */
  readonly hasMore: boolean;
}

/** Batches of files whose keys begin with the prefix. What `read` throws ends the walk. */
export async function* walkTree(walk: TreeWalk): Walk {
  const startKey = walk.prefix.slice(0, walk.prefix.lastIndexOf('/') + 1);
  const stack: Level[] = [await readLevel(startKey, '', walk)];
  let batch: ListedAsset[] = [];
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const entry = level.entries[level.next];
    level.next += 1;
    if (entry === undefined) {
      stack.pop();
      const last = level.entries.at(-1);
      if (level.hasMore && last !== undefined) stack.push(await readLevel(level.folderKey, last.name, walk));
    } else if (entry.kind === 'folder') {
      stack.push(await readLevel(level.folderKey + entry.name, '', walk));
    } else {
      batch.push(entry.asset);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The first entries of a folder, in order, after the name `from`. */
async function readLevel(folderKey: string, from: string, walk: TreeWalk): Promise<Level> {
  const { maxHeldEntries } = walk;
  let entries: TreeEntry[] = [];
  let hasMore = false;
  const keepFirst = (): void => {
    entries.sort(byName);
    if (entries.length <= maxHeldEntries) return;
    entries = entries.slice(0, maxHeldEntries);
    hasMore = true;
  };
  for await (const found of walk.read(folderKey)) {
    for (const entry of found) {
      if (entry.name <= from || !isWanted(folderKey + entry.name, entry, walk)) continue;
      walk.vet(folderKey, entry);
      entries.push(entry);
    }
    if (entries.length >= maxHeldEntries * 2) keepFirst();
  }
  keepFirst();
  return { folderKey, entries, next: 0, hasMore };
}

function isWanted(key: string, { kind }: TreeEntry, { prefix, after }: TreeWalk): boolean {
  if (kind === 'file') return key.startsWith(prefix) && (after === null || key > after);
  const mayHoldPrefix = key.startsWith(prefix) || prefix.startsWith(key);
  return mayHoldPrefix && (after === null || key > after || after.startsWith(key));
}

function byName(a: TreeEntry, b: TreeEntry): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
