/**
 * Owns making the folders that a key needs, at the same moment as others do. Must not make a container. Called by
 * write-asset.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { lookAt } from './propfind.ts';
import { throwNoContainer } from './walk-folders.ts';
import type { WebdavClient } from './webdav-client.ts';
import { webdavFailure } from './webdav-failure.ts';
import { folderPath } from './webdav-settings.ts';

/** Folders remembered as being there; a few MB of paths. */
const MAX_REMEMBERED = 20_000;
const MADE = [200, 201, 204];
/** Statuses after which somebody else may have made the folder: 405 says so, some services answer the others. */
const PERHAPS_THERE = [403, 405, 409];

export class MadeFolders {
  readonly #client: WebdavClient;
  readonly #there = new Set<string>();

  constructor(client: WebdavClient) {
    this.#client = client;
  }

  /** Path of the folder on the wire. Throws `not-found` with the field "container" when that is missing. */
  async make(container: string, folderKey: string, signal: AbortSignal): Promise<string> {
    const path = folderPath(this.#client.settings, container, folderKey);
    if (this.#there.has(path)) return path;
    const resource = await lookAt(this.#client, path, signal);
    if (resource === null) {
      if (folderKey === '') throwNoContainer(this.#client, path);
      await this.make(container, folderKey.slice(0, folderKey.lastIndexOf('/', folderKey.length - 2) + 1), signal);
      await this.#makeOne(path, signal);
    } else if (resource.kind === 'file') {
      fail('name-invalid', `${path} is a file, where a folder is needed.`, { hint: 'Rename one of the two.' });
    }
    if (this.#there.size >= MAX_REMEMBERED) this.#there.clear();
    this.#there.add(path);
    return path;
  }

  /** A write found that the folder is gone. */
  forget(path: string): void {
    this.#there.delete(path);
  }

  async #makeOne(path: string, signal: AbortSignal): Promise<void> {
    const deed = `make the folder ${path}`;
    const accepts = [...MADE, ...PERHAPS_THERE];
    const status = await this.#client.ask({ method: 'MKCOL', path, accepts, deed, signal });
    if (MADE.includes(status) || (await lookAt(this.#client, path, signal))?.kind === 'folder') return;
    throw webdavFailure(status, {}, this.#client.settings.host, deed);
  }
}
