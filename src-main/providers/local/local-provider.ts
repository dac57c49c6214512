/**
 * Owns local disk as a provider: container = root folder, key = path below it with "/". Must not follow links out of
 * the root or show unfinished files. Made by registry.ts; called by workers.
 */
import * as path from 'node:path';
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { ListCursors } from '../list-cursors.ts';
import type {
  CreateProvider,
  ListPage,
  OpenedAsset,
  OpenOptions,
  Provider,
  WriteBody,
  WriteOptions,
  WriteResult,
} from '../provider.ts';
import { fileHead } from './asset-of-file.ts';
import { checkLocal } from './check-local.ts';
import { localDescriptor } from './descriptor.ts';
import { Folders } from './folders.ts';
import { statPath, unlink } from './fs-calls.ts';
import { errorCode, fsFailure } from './fs-failure.ts';
import { assertLocalKey, keyProblem } from './local-key.ts';
import { openLocalFile } from './read-local.ts';
import { MAX_HELD_NAMES, walkLocal } from './walk-local.ts';
import { writeLocalFile } from './write-local.ts';

export const createLocal: CreateProvider = () => new LocalProvider();

class LocalProvider implements Provider {
  readonly descriptor = localDescriptor;
  readonly #folders = new Folders();
  readonly #cursors = new ListCursors();

  async list(
    container: string,
    prefix: string,
    options: { readonly position: string | null; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<ListPage> {
    await this.#folders.assertRootExists(container);
    assertPrefix(prefix);
    const root = await this.#folders.root(container);
    return this.#cursors.page(`${prefix}\0${root}`, options, (after) =>
      walkLocal(root, { prefix, after, maxHeldNames: MAX_HELD_NAMES }),
    );
  }

  async head(container: string, key: string, signal: AbortSignal): Promise<AssetHead | null> {
    signal.throwIfAborted();
    this.assertKey(container, key);
    const file = await this.#find(container, key);
    if (file === null) return null;
    try {
      const stats = await statPath(file);
      return stats.isFile() ? fileHead(key, stats) : null;
    } catch (thrown) {
      if (!isAbsent(thrown)) throw fsFailure(thrown, `Could not look at ${file}`);
      await this.#folders.assertRootExists(container);
      return null;
    }
  }

  async open(container: string, key: string, options: OpenOptions): Promise<OpenedAsset> {
    options.signal.throwIfAborted();
    this.assertKey(container, key);
    const file = await this.#find(container, key);
    if (file === null) return throwNotFound(path.join(container, key));
    try {
      return await openLocalFile(file, key, options);
    } catch (thrown) {
      if (!isAbsent(thrown)) throw fsFailure(thrown, `Could not read ${file}`);
      await this.#folders.assertRootExists(container);
      return throwNotFound(file);
    }
  }

  async write(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult> {
    options.signal.throwIfAborted();
    this.assertKey(container, key);
    const folder = await this.#folders.findOrMake(container, key);
    const versionToken = await writeLocalFile(folder, path.basename(key), body, options);
    await this.#folders.makeDurable(container, folder);
    return { versionToken, vouches: null };
  }

  async remove(container: string, key: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if ((await this.head(container, key, signal)) === null) return;
    const folder = await this.#folders.find(container, key);
    if (folder === null) return;
    try {
      await unlink(path.join(folder, path.basename(key)));
    } catch (thrown) {
      if (!isAbsent(thrown)) throw fsFailure(thrown, `Could not remove ${path.join(container, key)}`);
    }
    await this.#folders.makeDurable(container, folder);
  }

  check(container: string, prefix: string, role: LocationRole, signal: AbortSignal): Promise<CheckReport> {
    return checkLocal({ provider: this, container, prefix, signal }, this.#folders, role);
  }

  assertKey(container: string, key: string): void {
    assertLocalKey(container, key, process.platform);
  }

  async close(): Promise<void> {
    // Walks hold names only, and every file is closed by the one who reads or writes it.
  }

  /** The path of a key whose folder is there and inside the root; null when its folder is not there. */
  async #find(container: string, key: string): Promise<string | null> {
    const folder = await this.#folders.find(container, key);
    return folder === null ? null : path.join(folder, path.basename(key));
  }
}

/** A prefix may end in the middle of a name, so its last part is not judged. */
function assertPrefix(prefix: string): void {
  const folderKey = prefix.slice(0, prefix.lastIndexOf('/'));
  const problem = prefix.includes('/') ? keyProblem(folderKey, process.platform) : null;
  if (problem === null) return;
  fail('invalid-input', `No file can have a key that begins with ${JSON.stringify(prefix)}: ${problem}.`, {
    field: 'prefix',
  });
}

function isAbsent(thrown: unknown): boolean {
  const code = errorCode(thrown);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function throwNotFound(file: string): never {
  return fail('not-found', `There is no file ${file}.`);
}
