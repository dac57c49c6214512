/**
 * Owns reading one file: bytes in order from a place on, the end of a range, and the proof at the end that the file is
 * still the one that was opened. Holds a connection until it is read to its end or closed. Called by ftp-provider.ts.
 */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { FailureError, failure } from '../../../src-shared/model/failure.ts';
import type { OpenedAsset, OpenOptions } from '../provider.ts';
import { askFile, askTime } from './ask-file.ts';
import { type FileFacts, fileHead } from './asset-of-file.ts';
import type { FtpConnection } from './ftp-connection.ts';
import { ftpFailure, leavesWhole } from './ftp-failure.ts';
import type { FtpPool } from './ftp-pool.ts';

interface FileToOpen {
  readonly key: string;
  readonly path: string;
}

/** null when there is no such file. */
export async function openFtpFile(
  pool: FtpPool,
  { key, path }: FileToOpen,
  options: OpenOptions,
): Promise<OpenedAsset | null> {
  const { signal, ifVersion } = options;
  const connection = await pool.take('read', signal);
  const reading = new Reading(pool, connection, path, signal);
  try {
    const facts = await askFile(connection, path);
    if (facts === null) {
      reading.end(true);
      return null;
    }
    const head = fileHead(key, facts);
    const isOther = ifVersion !== undefined && head.versionToken !== ifVersion;
    const { first, last } = options.range ?? { first: 0, last: facts.sizeBytes - 1 };
    if (isOther || last >= facts.sizeBytes) throw changed(path);
    await reading.begin(first);
    return { head, body: reading.chunks(last - first + 1, last, facts), close: () => reading.close() };
  } catch (thrown) {
    reading.end(leavesWhole(thrown));
    throw ftpFailure(thrown, pool.settings.host, `read ${path}`, signal);
  }
}

class Reading {
  readonly #pool: FtpPool;
  readonly #connection: FtpConnection;
  readonly #path: string;
  readonly #signal: AbortSignal;
  readonly #stream = new PassThrough();
  readonly #onAbort = (): void => this.#connection.close();
  #transfer: Promise<unknown> = Promise.resolve();
  #hasEnded = false;

  constructor(pool: FtpPool, connection: FtpConnection, path: string, signal: AbortSignal) {
    this.#pool = pool;
    this.#connection = connection;
    this.#path = path;
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Resolves when the first byte or the end has come, so that a file that may not be read is known at once. */
  async begin(first: number): Promise<void> {
    this.#transfer = this.#connection.client.downloadTo(this.#stream, this.#path, first);
    const readable = once(this.#stream, 'readable');
    // Whoever reads waits for it in the end; before that its failure must not count as unseen.
    this.#transfer.catch(() => undefined);
    await Promise.race([readable.catch(() => this.#transfer), this.#transfer]);
  }

  /** `count` bytes, the last of them at `last`. */
  async *chunks(count: number, last: number, facts: FileFacts): AsyncGenerator<Uint8Array, void, void> {
    let left = count;
    let isWhole = false;
    try {
      for await (const chunk of this.#stream as AsyncIterable<Buffer>) {
        this.#signal.throwIfAborted();
        const wanted = chunk.byteLength > left ? chunk.subarray(0, left) : chunk;
        if (wanted.byteLength < chunk.byteLength && last + 1 >= facts.sizeBytes) throw changed(this.#path);
        left -= wanted.byteLength;
        if (wanted.byteLength > 0) yield wanted;
        // The end of a range: FTP has none, so the connection is left behind with what still comes.
        if (left === 0 && last + 1 < facts.sizeBytes) return;
      }
      await this.#transfer;
      this.#signal.throwIfAborted();
      if (left > 0) throw wrongCount(this.#path, count - left, count);
      const time = await askTime(this.#connection, this.#path);
      isWhole = true;
      if (time !== facts.modifiedAtMs) throw changed(this.#path);
    } catch (thrown) {
      throw await this.#explain(thrown);
    } finally {
      this.end(isWhole);
    }
  }

  close(): void {
    this.end(false);
  }

  /** Quiet the second time. `isWhole`: nothing more comes on the connection for this file. */
  end(isWhole: boolean): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#pool.giveBack('read', this.#connection, isWhole);
    this.#stream.destroy();
  }

  /** What the server or the network said tells more than that the stream ended early. */
  async #explain(thrown: unknown): Promise<unknown> {
    if (!this.#signal.aborted && this.#hasEnded) return closedWhileRead(this.#path);
    const told = thrown instanceof FailureError || this.#hasEnded ? thrown : await reasonOf(this.#transfer, thrown);
    return ftpFailure(told, this.#pool.settings.host, `read ${this.#path}`, this.#signal);
  }
}

async function reasonOf(transfer: Promise<unknown>, otherwise: unknown): Promise<unknown> {
  try {
    await transfer;
    return otherwise;
  } catch (thrown) {
    return thrown;
  }
}

function closedWhileRead(path: string): FailureError {
  return new FailureError(failure('unexpected', `${path} was closed while it was being read.`));
}

function wrongCount(path: string, count: number, promised: number): FailureError {
  return new FailureError(
    failure('network', `${path} ended after ${count} of ${promised} bytes.`, {
      hint: 'Another attempt asks for them again.',
    }),
  );
}

function changed(path: string): FailureError {
  return new FailureError(
    failure('source-changed', `${path} changed while it was being read.`, { hint: 'Another attempt reads it anew.' }),
  );
}
