/**
 * Owns the order and the walk of a tree of folders, a bounded part of one folder in memory for each level. Called by
 * webdav-provider.ts. Order as on local disk: by key, UTF-16 unit by unit, a folder sorting as its name with "/" after
 * it; so the last key is enough to go on, whatever order the server answers in.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { Walk } from '../list-cursors.ts';
import { isTemporaryName } from '../local/local-key.ts';
import { encodePath } from '../wire/encode-path.ts';
import { type Child, listedResource, lookAt, readChildren } from './propfind.ts';
import type { WebdavClient } from './webdav-client.ts';

/** Children of one folder held at once: some 30 MB. A folder with more is asked for again for each further part. */
export const MAX_HELD_CHILDREN = 100_000;
/** Files given at once. */
const BATCH_FILES = 1_000;
/** A server whose folder contains itself (a link to its parent) would go on for ever. */
const MAX_DEPTH = 100;

export interface FolderWalkOptions {
  readonly prefix: string;
  /** Only keys after this one. */
  readonly after: string | null;
  readonly maxHeldChildren: number;
  readonly signal: () => AbortSignal;
}

interface Level {
  /** Empty for the container, else ends with "/". */
  readonly folderKey: string;
  readonly children: readonly Child[];
  next: number;
  /** There are more children after these. */
  readonly hasMore: boolean;
}

/**
 * Batches of assets whose keys begin with the prefix. `container` is its path on the wire, with "/" at its end. Folders
 * that vanish while walking are left out: they are not there any more. Throws `not-found` for the container.
 */
export async function* walkFolders(client: WebdavClient, container: string, options: FolderWalkOptions): Walk {
  const startKey = options.prefix.slice(0, options.prefix.lastIndexOf('/') + 1);
  const stack: Level[] = [await readLevel(client, container, startKey, '', options)];
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const child = level.children[level.next];
    if (child === undefined) {
      stack.pop();
      const last = level.children.at(-1);
      if (level.hasMore && last !== undefined) {
        stack.push(await readLevel(client, container, level.folderKey, last.name, options));
      }
    } else if (child.name.endsWith('/')) {
      level.next += 1;
      if (stack.length >= MAX_DEPTH) throwTooDeep(level.folderKey);
      stack.push(await readLevel(client, container, level.folderKey + child.name, '', options));
    } else {
      const files = filesFrom(level);
      level.next += files.length;
      yield files.map(({ name, resource }) => listedResource(level.folderKey + name, resource));
    }
  }
}

function filesFrom(level: Level): readonly Child[] {
  const run = level.children.slice(level.next, level.next + BATCH_FILES);
  const folderAt = run.findIndex(({ name }) => name.endsWith('/'));
  return folderAt < 0 ? run : run.slice(0, folderAt);
}

/** The first children of a folder, in order, after the name `from`. */
async function readLevel(
  client: WebdavClient,
  container: string,
  folderKey: string,
  from: string,
  { prefix, after, maxHeldChildren, signal }: FolderWalkOptions,
): Promise<Level> {
  const isWanted = (name: string): boolean => {
    const key = folderKey + name;
    const isAfter = after === null || key > after;
    if (name.endsWith('/')) {
      return (key.startsWith(prefix) || prefix.startsWith(key)) && (isAfter || after.startsWith(key));
    }
    return key.startsWith(prefix) && isAfter && !isTemporaryName(name);
  };
  let children: Child[] = [];
  let hasMore = false;
  const keepFirst = (): void => {
    children.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    if (children.length <= maxHeldChildren) return;
    children = children.slice(0, maxHeldChildren);
    hasMore = true;
  };
  const isFolder = await readChildren(client, container + encodePath(folderKey), signal(), (child) => {
    if (child.name <= from || !isWanted(child.name)) return;
    children.push(child);
    if (children.length >= maxHeldChildren * 2) keepFirst();
  });
  if (!isFolder && (folderKey === '' || (await lookAt(client, container, signal()))?.kind !== 'folder')) {
    throwNoContainer(client, container);
  }
  keepFirst();
  return { folderKey, children, next: 0, hasMore };
}

export function throwNoContainer(client: WebdavClient, path: string): never {
  return fail('not-found', `There is no folder ${path} at ${client.settings.host}.`, {
    field: 'container',
    hint: 'Check the address of the account and the folder.',
  });
}

function throwTooDeep(folderKey: string): never {
  return fail('unsupported', `${folderKey.slice(0, 200)} is more than ${MAX_DEPTH} folders deep.`, {
    hint: 'The server may show a folder inside itself. Choose a folder further down.',
  });
}
