/**
 * Owns the path from a root folder to the folder of a key: that it lies inside the root, that it exists, and that it
 * survives a power cut. Must not touch files. Called by local-provider.ts and write-local.ts.
 *
 * Durability: a rename is on disk for sure once its folder was fsynced, and a folder once its parent was. Writers that
 * finish at the same time share one fsync of their folder. Each folder above it is fsynced once per process, whoever
 * made it, because another process may have made it a moment ago. Windows cannot fsync folders; NTFS journals names.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fail } from '../../../src-shared/model/failure.ts';
import { closeFile, makeDirectory, openFile, realPath, syncFile } from './fs-calls.ts';
import { errorCode, fsFailure } from './fs-failure.ts';
import { type PinnedFolder, pinFolder, rootFolder } from './pinned-folder.ts';

/** Folders remembered as durable; past this the memory is emptied, which costs some needless fsyncs. */
const MAX_DURABLE_FOLDERS = 20_000;

/** A folder that several readers and writers use at the same moment; the last one closes it. */
interface SharedFolder {
  readonly opened: Promise<PinnedFolder>;
  users: number;
}

export class Folders {
  readonly #shared = new Map<string, SharedFolder>();
  readonly #realRoots = new Map<string, string>();
  readonly #durable = new Set<string>();
  readonly #syncs = new Map<string, { running: Promise<void>; next: Promise<void> | null }>();

  /** The real path of the root. Throws `not-found` or `invalid-input` with field "container". */
  async root(container: string): Promise<string> {
    const known = this.#realRoots.get(container);
    if (known !== undefined) return known;
    const real = await realRoot(container);
    // A link may point elsewhere by the next asset, as in releases that are switched: it is asked each time.
    if (real === path.resolve(container)) this.#realRoots.set(container, real);
    return real;
  }

  /**
   * The folder that a key lies in; null when there is none. The caller closes it. Throws `permission-denied` when a link
   * on the way leads out of the root.
   */
  async open(container: string, key: string): Promise<PinnedFolder | null> {
    const root = await this.root(container);
    const slash = key.lastIndexOf('/');
    if (slash < 0) return rootFolder(root);
    const folder = path.join(root, key.slice(0, slash));
    try {
      return await this.#pin(root, folder);
    } catch (thrown) {
      const code = errorCode(thrown);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw fsFailure(thrown, `Could not reach ${folder}`);
      await this.assertRootExists(container);
      return null;
    }
  }

  /** Asks the disk again: a root that is gone is another matter than a key that is not there. */
  async assertRootExists(container: string): Promise<void> {
    await realRoot(container);
  }

  /** As `open`, but makes what is missing, step by step, so that nothing is made outside of the root. */
  async openOrMake(container: string, key: string): Promise<PinnedFolder> {
    const found = await this.open(container, key);
    if (found !== null) return found;
    const root = await this.root(container);
    let folder = rootFolder(root);
    for (const name of key.split('/').slice(0, -1)) {
      try {
        await makeFolder(folder.child(name));
        const next = await pinFolder(root, folder.child(name));
        await folder.close();
        folder = next;
      } catch (thrown) {
        await folder.close();
        throw fsFailure(thrown, `Could not make the folder ${path.join(folder.path, name)}`);
      }
    }
    return folder;
  }

  /** Resolves when everything renamed into the folder before this call survives a power cut. */
  async makeDurable(container: string, folder: string): Promise<void> {
    if (process.platform === 'win32') return;
    const root = await this.root(container);
    const above: string[] = [];
    // A root that was switched meanwhile has nothing to do with the folder.
    for (let at = folder; isBelow(root, at) && !this.#durable.has(at); at = path.dirname(at)) above.push(at);
    try {
      await Promise.all([this.#sync(folder), ...above.map((at) => this.#sync(path.dirname(at)))]);
    } catch (thrown) {
      throw fsFailure(thrown, `Could not make the folder ${folder} durable`);
    }
    if (this.#durable.size > MAX_DURABLE_FOLDERS) this.#durable.clear();
    for (const at of above) this.#durable.add(at);
  }

  /** Neighbours in a listing are handled at the same time, so most find their folder open already. */
  async #pin(root: string, folder: string): Promise<PinnedFolder> {
    const known = this.#shared.get(folder);
    const shared = known ?? { opened: pinFolder(root, folder), users: 0 };
    shared.users += 1;
    this.#shared.set(folder, shared);
    let isUsable = false;
    try {
      const opened = await shared.opened;
      isUsable = known === undefined || (await opened.isInPlace());
      if (isUsable) return { ...opened, close: () => this.#release(folder, shared) };
    } finally {
      if (!isUsable) await this.#release(folder, shared);
    }
    if (this.#shared.get(folder) === shared) this.#shared.delete(folder);
    return this.#pin(root, folder);
  }

  async #release(folder: string, shared: SharedFolder): Promise<void> {
    shared.users -= 1;
    if (shared.users > 0) return;
    if (this.#shared.get(folder) === shared) this.#shared.delete(folder);
    // One that could not be opened has nothing to close; whoever asked for it was told.
    const opened = await shared.opened.catch(() => null);
    await opened?.close();
  }

  /** One fsync runs at a time for each folder; all who come meanwhile share the next one. */
  #sync(folder: string): Promise<void> {
    const current = this.#syncs.get(folder);
    if (current?.next != null) return current.next;
    const before = current?.running ?? null;
    const entry: { running: Promise<void>; next: Promise<void> | null } = { running: Promise.resolve(), next: null };
    const run = (async () => {
      if (before !== null) {
        // Its failure is told to those who wait for it; this one tries for itself.
        await before.catch(() => undefined);
        this.#syncs.set(folder, entry);
      }
      try {
        await syncFolder(folder);
      } finally {
        if (this.#syncs.get(folder) === entry && entry.next === null) this.#syncs.delete(folder);
      }
    })();
    entry.running = run;
    if (current === undefined) this.#syncs.set(folder, entry);
    else current.next = run;
    return run;
  }
}

function isBelow(root: string, folder: string): boolean {
  return folder !== root && folder.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
}

async function syncFolder(folder: string): Promise<void> {
  const descriptor = await openFile(folder, fs.constants.O_RDONLY);
  try {
    await syncFile(descriptor);
  } finally {
    await closeFile(descriptor);
  }
}

async function realRoot(container: string): Promise<string> {
  if (!path.isAbsolute(container) || container.includes('\0')) {
    fail('invalid-input', `"${container}" is not the whole path of a folder.`, {
      field: 'container',
      hint: 'A whole path begins at the root of the disk, such as /srv/www.',
    });
  }
  let real: string;
  try {
    real = await realPath(container);
  } catch (thrown) {
    if (errorCode(thrown) !== 'ENOENT') throw fsFailure(thrown, `Could not reach ${container}`, { field: 'container' });
    return fail('not-found', `There is no folder ${container}.`, {
      field: 'container',
      hint: 'Make the folder first, or choose another.',
    });
  }
  const stats = await fs.promises.stat(real);
  if (!stats.isDirectory()) fail('invalid-input', `${container} is not a folder.`, { field: 'container' });
  return real;
}

/** Quiet when something is there already; whether it is a folder shows when it is opened. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await makeDirectory(folder);
  } catch (thrown) {
    if (errorCode(thrown) !== 'EEXIST') throw thrown;
  }
}
