/**
 * Owns local disk as a provider: container = root folder, key = path below it with "/". Must not follow links out of
 * the root or show unfinished files. Made by registry.ts; called by workers.
 */
import * as path from 'node:path';
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import { fail, toFailure } from '../../../src-shared/model/failure.ts';
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
import { assertLocalKey, assertLocalPrefix, temporaryName } from './local-key.ts';
import type { PinnedFolder } from './pinned-folder.ts';
import { openLocalFile } from './read-local.ts';
import { MAX_HELD_NAMES, walkLocal } from './walk-local.ts';
import { removeUnfinished, writeLocalFile } from './write-local.ts';

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
    assertLocalPrefix(prefix, process.platform);
    const root = await this.#folders.root(container);
    return this.#cursors.page(`${prefix}\0${root}`, options, (after) =>
      walkLocal(root, { prefix, after, maxHeldNames: MAX_HELD_NAMES }),
    );
  }

  async head(container: string, key: string, signal: AbortSignal): Promise<AssetHead | null> {
    signal.throwIfAborted();
    this.assertKey(container, key);
    const stats = await this.#inFolder(container, key, (folder, name) => statPath(folder.child(name)));
    return stats?.isFile() === true ? fileHead(key, stats) : null;
  }

  async open(container: string, key: string, options: OpenOptions): Promise<OpenedAsset> {
    options.signal.throwIfAborted();
    this.assertKey(container, key);
    const opened = await this.#inFolder(container, key, (folder, name) => {
      const file = { key, reach: folder.child(name), path: path.join(folder.path, name) };
      return openLocalFile(file, options);
    });
    return opened ?? fail('not-found', `There is no file ${path.join(container, key)}.`);
  }

  async write(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult> {
    options.signal.throwIfAborted();
    this.assertKey(container, key);
    const folder = await this.#folders.openOrMake(container, key);
    try {
      const versionToken = await writeLocalFile(folder, path.basename(key), body, options);
      await this.#folders.makeDurable(container, folder.path);
      return { versionToken, vouches: 're-read' };
    } catch (thrown) {
      // The name of the root explains more than that of a file in it.
      if (toFailure(thrown).code === 'not-found') await this.#folders.assertRootExists(container);
      throw thrown;
    } finally {
      await folder.close();
    }
  }

  async giveUp(container: string, key: string, mark: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.assertKey(container, key);
    await this.#inFolder(container, key, (folder) => removeUnfinished(folder, mark));
  }

  async removeStaging(container: string, key: string, tokens: readonly string[], signal: AbortSignal): Promise<void> {
    for (const token of tokens) await this.giveUp(container, key, temporaryName(token), signal);
  }

  async remove(container: string, key: string, signal: AbortSignal, ifVersion?: string): Promise<void> {
    const head = await this.head(container, key, signal);
    if (head === null) return;
    if (ifVersion !== undefined && head.versionToken !== ifVersion) {
      fail('source-changed', `${path.join(container, key)} is another version than before.`);
    }
    await this.#inFolder(container, key, async (folder, name) => {
      await unlink(folder.child(name));
      await this.#folders.makeDurable(container, folder.path);
    });
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

  /** Does something with a key where it lies; null when it or its folder is not there. */
  async #inFolder<Result>(
    container: string,
    key: string,
    work: (folder: PinnedFolder, name: string) => Promise<Result>,
  ): Promise<Result | null> {
    const folder = await this.#folders.open(container, key);
    if (folder === null) return null;
    try {
      return await work(folder, path.basename(key));
    } catch (thrown) {
      const code = errorCode(thrown);
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        throw fsFailure(thrown, `Could not use ${path.join(container, key)}`);
      await this.#folders.assertRootExists(container);
      return null;
    } finally {
      await folder.close();
    }
  }
}
