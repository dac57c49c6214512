/**
 * Owns the order and the walk of a folder tree. Must not hold more than a bounded part of it in memory, however many
 * files one folder has. Called by local-provider.ts.
 *
 * Order: by key, UTF-16 unit by unit. A folder sorts as its name with "/" after it, so going down at that place gives
 * exactly that order for the whole tree, and the last key is all that is needed to find the place again.
 */
import * as path from 'node:path';
import type { ListedAsset } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { Walk } from '../list-cursors.ts';
import { listedFile } from './asset-of-file.ts';
import { openFolder, statPath } from './fs-calls.ts';
import { errorCode, fsFailure } from './fs-failure.ts';
import { isTemporaryName } from './local-key.ts';

/**
 * Names of one folder held at once, up to twice as many while it is read: about 20 MB. A folder with more is read again
 * for each further part; a million files in one folder took 11 s to list.
 */
export const MAX_HELD_NAMES = 100_000;
/** Entries that the system hands over in one call. */
const READ_ENTRIES = 1_024;
/** Files asked for size and time at once: enough to keep Node's four file threads busy. */
const STAT_BATCH = 64;

export interface WalkOptions {
  readonly prefix: string;
  /** Only keys after this one. */
  readonly after: string | null;
  readonly maxHeldNames: number;
}

/** A folder on the way down. `names` is sorted; a name that ends with "/" is a folder. */
interface Level {
  /** Empty for the root, else ends with "/". */
  readonly folderKey: string;
  names: readonly string[];
  next: number;
  /** There are more names after these. */
  hasMore: boolean;
}

/**
 * Batches of files under `root` whose keys begin with the prefix. A folder that cannot be read ends the walk with its
 * failure. Files and folders that vanish while walking are left out: they are not there any more.
 */
export async function* walkLocal(root: string, options: WalkOptions): Walk {
  const startKey = options.prefix.slice(0, options.prefix.lastIndexOf('/') + 1);
  if (!(await isPlainFolderPath(root, startKey))) return;
  const begun = await rootNow(root);
  /** What is gone was removed, unless all of it is: then the rest of the listing would go missing without a word. */
  const whenGone = async (): Promise<void> => {
    if ((await rootNow(root)) !== begun) {
      fail('not-found', `${root} was taken away while it was listed.`, {
        field: 'container',
        hint: 'Was a disk taken off the system? Start the migration anew when the folder is back.',
      });
    }
  };
  const stack: Level[] = [await readLevel(root, startKey, '', options, whenGone)];
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const name = level.names[level.next];
    if (name === undefined) {
      stack.pop();
      const last = level.names.at(-1);
      if (level.hasMore && last !== undefined)
        stack.push(await readLevel(root, level.folderKey, last, options, whenGone));
    } else if (name.endsWith('/')) {
      level.next += 1;
      stack.push(await readLevel(root, level.folderKey + name, '', options, whenGone));
    } else {
      const batch = filesFrom(level);
      level.next += batch.length;
      yield await statFiles(root, level.folderKey, batch, whenGone);
    }
  }
}

type WhenGone = () => Promise<void>;

/** Which folder stands there: a disk that is taken off the system leaves an empty one in its place. */
async function rootNow(root: string): Promise<string> {
  try {
    const { dev, ino } = await statPath(root);
    return `${dev} ${ino}`;
  } catch (thrown) {
    throw fsFailure(thrown, `Could not list the folder ${root}`, { field: 'container' });
  }
}

/** Links are not followed, so a prefix that goes through one has nothing below it. */
async function isPlainFolderPath(root: string, folderKey: string): Promise<boolean> {
  let at = root;
  for (const segment of folderKey.split('/').slice(0, -1)) {
    at = path.join(at, segment);
    try {
      if (!(await statPath(at)).isDirectory()) return false;
    } catch (thrown) {
      if (isGone(thrown)) return false;
      throw fsFailure(thrown, `Could not look at ${at}`);
    }
  }
  return true;
}

/** The first names of a folder, in order, after the name `from`. */
async function readLevel(
  root: string,
  folderKey: string,
  from: string,
  options: WalkOptions,
  whenGone: WhenGone,
): Promise<Level> {
  const { prefix, after, maxHeldNames } = options;
  const wanted = (name: string): boolean => {
    const key = folderKey + name;
    if (name.endsWith('/')) {
      return (
        (key.startsWith(prefix) || prefix.startsWith(key)) && (after === null || key > after || after.startsWith(key))
      );
    }
    return key.startsWith(prefix) && (after === null || key > after);
  };
  const folder = path.join(root, folderKey);
  let names: string[] = [];
  let hasMore = false;
  const keepFirst = (): void => {
    names.sort(byUnit);
    if (names.length <= maxHeldNames) return;
    names = names.slice(0, maxHeldNames);
    hasMore = true;
  };
  try {
    for await (const entry of await openFolder(folder, { bufferSize: READ_ENTRIES })) {
      if (!entry.isDirectory() && (!entry.isFile() || isTemporaryName(entry.name))) continue;
      const name = entry.isDirectory() ? `${entry.name}/` : entry.name;
      if (name <= from || !wanted(name)) continue;
      names.push(name);
      if (names.length >= maxHeldNames * 2) keepFirst();
    }
  } catch (thrown) {
    if (folderKey === '' || !isGone(thrown)) throw fsFailure(thrown, `Could not list the folder ${folder}`);
    if (folderKey.includes(UNDECODABLE)) throwUndecodable(folder);
    await whenGone();
  }
  keepFirst();
  return { folderKey, names, next: 0, hasMore };
}

function byUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function filesFrom(level: Level): readonly string[] {
  const run = level.names.slice(level.next, level.next + STAT_BATCH);
  const folderAt = run.findIndex((name) => name.endsWith('/'));
  return folderAt < 0 ? run : run.slice(0, folderAt);
}

async function statFiles(
  root: string,
  folderKey: string,
  names: readonly string[],
  whenGone: WhenGone,
): Promise<readonly ListedAsset[]> {
  const found = await Promise.all(
    names.map((name) => statFile(path.join(root, folderKey, name), folderKey + name, whenGone)),
  );
  return found.filter((asset) => asset !== null);
}

async function statFile(file: string, key: string, whenGone: WhenGone): Promise<ListedAsset | null> {
  try {
    const stats = await statPath(file);
    return stats.isFile() ? listedFile(key, stats) : null;
  } catch (thrown) {
    if (!isGone(thrown)) throw fsFailure(thrown, `Could not look at ${file}`);
    if (key.includes(UNDECODABLE)) throwUndecodable(file);
    await whenGone();
    return null;
  }
}

/** What stands in a name for bytes that are no UTF-8. Such a file cannot be reached under the name shown. */
const UNDECODABLE = '\uFFFD';

function throwUndecodable(file: string): never {
  return fail('name-invalid', `The name of ${file} holds bytes that are not UTF-8.`, {
    hint: 'Rename this file or folder, then go on.',
  });
}

function isGone(thrown: unknown): boolean {
  const code = errorCode(thrown);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
