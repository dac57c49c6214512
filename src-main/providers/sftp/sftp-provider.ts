/**
 * Owns SFTP as a provider: container = a folder on the server, key = path below it with "/". Must not follow links out of
 * the folder or show unfinished files. Made by registry.ts; called by workers.
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
import { fileHead } from './asset-of-stats.ts';
import { checkSftp } from './check-sftp.ts';
import { connectSftp } from './connect-sftp.ts';
import { sftpDescriptor } from './descriptor.ts';
import { walkSftp } from './list-sftp.ts';
import { openSftpFile } from './read-sftp.ts';
import { childOf, RemoteFolders } from './remote-folders.ts';
import { SessionPool } from './session-pool.ts';
import { isMissing, sftpFailure } from './sftp-failure.ts';
import { assertSftpKey, assertSftpPrefix } from './sftp-key.ts';
import type { SftpSession } from './sftp-session.ts';
import { type SftpSettings, sftpSettings } from './sftp-settings.ts';
import { isMark, writeSftpFile } from './write-sftp.ts';

/** Tidying after a failed write has a time of its own. */
const TIDY_TIMEOUT_MS = 5_000;

export const createSftp: CreateProvider = (account) => new SftpProvider(sftpSettings(account, process.env));

class SftpProvider implements Provider {
  readonly descriptor = sftpDescriptor;
  readonly #settings: SftpSettings;
  readonly #pool: SessionPool;
  readonly #folders = new RemoteFolders();
  readonly #cursors = new ListCursors();

  constructor(settings: SftpSettings) {
    this.#settings = settings;
    this.#pool = new SessionPool((signal) => connectSftp(settings, signal));
  }

  async list(
    container: string,
    prefix: string,
    options: { readonly position: string | null; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<ListPage> {
    assertSftpPrefix(prefix);
    const root = await this.#pool.use(options.signal, (session) => this.#folders.assertRootExists(session, container));
    return this.#cursors.page(`${prefix}\0${root}`, options, (after, signal) =>
      walkSftp({ pool: this.#pool, root, prefix, after, signal }),
    );
  }

  head(container: string, key: string, signal: AbortSignal): Promise<AssetHead | null> {
    return this.#inFolder(container, key, signal, async (session, path) => {
      const stats = await session.linkStat(path);
      if (stats === null) await this.#folders.assertRootExists(session, container);
      return stats?.isFile() === true ? fileHead(key, stats) : null;
    });
  }

  async open(container: string, key: string, options: OpenOptions): Promise<OpenedAsset> {
    this.assertKey(container, key);
    const { signal } = options;
    const loan = await this.#pool.borrow(signal);
    try {
      const folder = await this.#folders.find(loan.session, container, key);
      signal.throwIfAborted();
      if (folder === null) return fail('not-found', `There is no file ${childOf(container, key)}.`);
      return await openSftpFile(loan, key, childOf(folder, nameOf(key)), options);
    } catch (thrown) {
      loan.giveBack();
      signal.throwIfAborted();
      throw sftpFailure(thrown, `Could not open ${childOf(container, key)}`);
    }
  }

  async write(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult> {
    this.assertKey(container, key);
    const { signal } = options;
    const versionToken = await this.#pool.use(signal, async (session) => {
      const folder = await this.#folders.findOrMake(session, container, key);
      signal.throwIfAborted();
      return writeSftpFile({
        session,
        folder,
        name: nameOf(key),
        body,
        options,
        keepsTimes: this.#settings.keepsTimes,
        tidy: (path) => this.#tidy(session, path),
      });
    });
    return { versionToken, vouches: null };
  }

  async giveUp(container: string, key: string, mark: string, signal: AbortSignal): Promise<void> {
    if (!isMark(mark)) return;
    await this.#removeFile(container, key, mark, signal);
  }

  async remove(container: string, key: string, signal: AbortSignal): Promise<void> {
    await this.#removeFile(container, key, nameOf(key), signal);
  }

  check(container: string, prefix: string, role: LocationRole, signal: AbortSignal): Promise<CheckReport> {
    return checkSftp({ provider: this, container, prefix, signal }, this.#pool, this.#folders, role);
  }

  assertKey(container: string, key: string): void {
    assertSftpKey(container, key);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Does something with a key where it lies; null when its folder is not there. */
  #inFolder<Result>(
    container: string,
    key: string,
    signal: AbortSignal,
    work: (session: SftpSession, path: string) => Promise<Result>,
  ): Promise<Result | null> {
    this.assertKey(container, key);
    return this.#pool.use(signal, async (session) => {
      try {
        const folder = await this.#folders.find(session, container, key);
        return folder === null ? null : await work(session, childOf(folder, nameOf(key)));
      } catch (thrown) {
        throw sftpFailure(thrown, `Could not use ${childOf(container, key)}`);
      }
    });
  }

  /** Quiet when there is no such file in the folder of the key. */
  async #removeFile(container: string, key: string, name: string, signal: AbortSignal): Promise<void> {
    await this.#inFolder(container, key, signal, async (session, path) => {
      const file = childOf(path.slice(0, path.lastIndexOf('/')), name);
      if ((await session.linkStat(file))?.isFile() === true) await unlinkQuietly(session, file);
    });
  }

  /**
   * Over another connection when this one broke. The failure that led here matters more than a file that cannot be
   * removed; listings never show those.
   */
  async #tidy(session: SftpSession, path: string): Promise<void> {
    const removing = session.isOver
      ? this.#pool.use(AbortSignal.timeout(TIDY_TIMEOUT_MS), (another) => unlinkQuietly(another, path))
      : unlinkQuietly(session, path);
    await removing.catch(() => undefined);
  }
}

/** Somebody else may have removed it a moment ago. */
async function unlinkQuietly(session: SftpSession, path: string): Promise<void> {
  try {
    await session.unlink(path);
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
  }
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
