/**
 * Owns WebDAV servers as a provider: container = a folder below the account's address, key = path below it. Must not
 * touch folders where assets are meant: DELETE would take everything in them. Made by registry.ts; called by workers.
 */
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { ListCursors } from '../list-cursors.ts';
import { temporaryName } from '../local/local-key.ts';
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
import { checkWebdav } from './check-webdav.ts';
import { webdavDescriptor } from './descriptor.ts';
import { type AssetPlace, headAsset, openAsset } from './read-asset.ts';
import { MAX_HELD_CHILDREN, walkFolders } from './walk-folders.ts';
import { WebdavClient } from './webdav-client.ts';
import { assertReadableKey, assertWebdavPrefix, assertWritableKey } from './webdav-key.ts';
import { assetPath, folderPath, webdavSettings } from './webdav-settings.ts';
import { AssetWriter } from './write-asset.ts';

export const createWebdav: CreateProvider = (account) => new WebdavProvider(new WebdavClient(webdavSettings(account)));

class WebdavProvider implements Provider {
  readonly descriptor = webdavDescriptor;
  readonly #client: WebdavClient;
  readonly #writer: AssetWriter;
  readonly #cursors = new ListCursors();

  constructor(client: WebdavClient) {
    this.#client = client;
    this.#writer = new AssetWriter(client);
  }

  async list(
    container: string,
    prefix: string,
    options: { readonly position: string | null; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<ListPage> {
    assertWebdavPrefix(prefix);
    const folder = folderPath(this.#client.settings, container, '');
    return this.#cursors.page(`${prefix}\0${folder}`, options, (after, signal) =>
      walkFolders(this.#client, folder, { prefix, after, maxHeldChildren: MAX_HELD_CHILDREN, signal }),
    );
  }

  async head(container: string, key: string, signal: AbortSignal): Promise<AssetHead | null> {
    return headAsset(this.#client, this.#place(container, key), signal);
  }

  async open(container: string, key: string, options: OpenOptions): Promise<OpenedAsset> {
    return openAsset(this.#client, this.#place(container, key), options);
  }

  async write(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult> {
    assertWritableKey(key);
    return this.#writer.write(container, key, body, options);
  }

  async removeStaging(container: string, key: string, tokens: readonly string[], signal: AbortSignal): Promise<void> {
    const { path } = this.#place(container, key);
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    for (const token of tokens) await this.#delete(folder + temporaryName(token), signal);
  }

  async remove(container: string, key: string, signal: AbortSignal): Promise<void> {
    const { path } = this.#place(container, key);
    if ((await this.head(container, key, signal)) === null) return;
    await this.#delete(path, signal);
  }

  check(container: string, prefix: string, role: LocationRole, signal: AbortSignal): Promise<CheckReport> {
    return checkWebdav({ provider: this, container, prefix, signal }, this.#client, role);
  }

  assertKey(_container: string, key: string): void {
    assertWritableKey(key);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #delete(path: string, signal: AbortSignal): Promise<void> {
    await this.#client.ask({ method: 'DELETE', path, accepts: [200, 204, 404, 410], deed: `remove ${path}`, signal });
  }

  #place(container: string, key: string): AssetPlace {
    assertReadableKey(key);
    return { key, path: assetPath(this.#client.settings, container, key) };
  }
}
