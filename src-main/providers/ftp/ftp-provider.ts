/**
 * Owns FTP as a provider: container = a folder of the server, key = path below it. Must not show unfinished files or
 * follow links when listing. Made by registry.ts; called by workers.
 */
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
import { askFile, isFolder, throwNoContainer } from './ask-file.ts';
import { fileHead } from './asset-of-file.ts';
import { checkFtp } from './check-ftp.ts';
import { ftpDescriptor } from './descriptor.ts';
import { assertFtpKey, assertPlace, hasEdgeSpace, pathOf } from './ftp-key.ts';
import { FtpPool } from './ftp-pool.ts';
import { ftpSettings } from './ftp-settings.ts';
import { openFtpFile } from './read-ftp.ts';
import { MAX_HELD_ENTRIES, walkFtp } from './walk-ftp.ts';
import { removeFile, unfinishedPath, writeFtpFile } from './write-ftp.ts';

export const createFtp: CreateProvider = (account) => new FtpProvider(new FtpPool(ftpSettings(account)));

class FtpProvider implements Provider {
  readonly descriptor = ftpDescriptor;
  readonly #pool: FtpPool;
  readonly #cursors = new ListCursors();

  constructor(pool: FtpPool) {
    this.#pool = pool;
  }

  async list(
    container: string,
    prefix: string,
    options: { readonly position: string | null; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<ListPage> {
    assertPlace(container, prefix);
    return this.#cursors.page(`${prefix}\0${container}`, options, (after, signal) =>
      walkFtp(this.#pool, container, { prefix, after, signal, maxHeldEntries: MAX_HELD_ENTRIES }),
    );
  }

  async head(container: string, key: string, signal: AbortSignal): Promise<AssetHead | null> {
    const path = this.#path(container, key);
    return this.#pool.use(`look at ${path}`, signal, async (connection) => {
      const facts = await askFile(connection, path);
      if (facts !== null) return fileHead(key, facts);
      return (await isFolder(connection, container)) ? null : throwNoContainer(container);
    });
  }

  async open(container: string, key: string, options: OpenOptions): Promise<OpenedAsset> {
    const path = this.#path(container, key);
    const opened = await openFtpFile(this.#pool, { key, path }, options);
    return opened ?? fail('not-found', `There is no file ${path}, or the user may not see it.`);
  }

  async write(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult> {
    const path = this.#path(container, key);
    const versionToken = await writeFtpFile(this.#pool, container, path, body, options);
    if (hasEdgeSpace(key)) await this.#assertListed(container, key, options.signal);
    return { versionToken, vouches: null };
  }

  giveUp(container: string, key: string, mark: string, signal: AbortSignal): Promise<void> {
    const unfinished = unfinishedPath(this.#path(container, key), mark);
    return unfinished === null ? Promise.resolve() : removeFile(this.#pool, unfinished, signal);
  }

  async remove(container: string, key: string, signal: AbortSignal): Promise<void> {
    await removeFile(this.#pool, this.#path(container, key), signal);
  }

  check(container: string, prefix: string, role: LocationRole, signal: AbortSignal): Promise<CheckReport> {
    return checkFtp({ provider: this, container, prefix, signal }, this.#pool.settings, role);
  }

  assertKey(container: string, key: string): void {
    assertFtpKey(container, key);
  }

  async close(): Promise<void> {
    this.#pool.close();
  }

  #path(container: string, key: string): string {
    assertPlace(container, '');
    assertFtpKey(container, key);
    return pathOf(container, key);
  }

  /** A server that cuts white space off would answer for the shorter name as if it were this one. */
  async #assertListed(container: string, key: string, signal: AbortSignal): Promise<void> {
    const { assets } = await this.list(container, key, { position: null, limit: 1, signal });
    if (assets[0]?.key === key) return;
    await this.remove(container, key, signal);
    fail('name-invalid', `The server does not keep the white space in ${JSON.stringify(key)}.`, {
      hint: 'Give this asset another destination key.',
    });
  }
}
