/**
 * Owns writing one file so that a reader sees the old one or the whole new one: a temporary name in the same folder,
 * bytes, their count, time of change, a rename. Called by ftp-provider.ts.
 *
 * A body that breaks off, or an abort, ends the bytes as if they were all: then the server answers, the file rests, and
 * the connection can remove it. Cutting the connection would leave a session there that still writes.
 */
import { Readable } from 'node:stream';
import { fail } from '../../../src-shared/model/failure.ts';
import { countedChunks } from '../counted-body.ts';
import { isTemporaryName } from '../local/local-key.ts';
import type { WriteBody, WriteOptions } from '../provider.ts';
import { arrivedBytes } from './arrived-bytes.ts';
import { askFile, askTime } from './ask-file.ts';
import { fileVersion } from './asset-of-file.ts';
import type { FtpConnection } from './ftp-connection.ts';
import { maySayMissing } from './ftp-failure.ts';
import { folderOf, pathOf, temporaryPath } from './ftp-key.ts';
import type { FtpPool } from './ftp-pool.ts';
import { formatFtpTime } from './ftp-time.ts';
import { makeFolder } from './make-folder.ts';
import { assertAbsent, publish } from './publish.ts';

/** Less is sent again as fast as what arrived is compared. */
const RESUME_FROM_BYTES = 8 * 1024 * 1024;
/** How long an aborted write may take to come to rest. */
const SETTLE_MS = 2_000;
/** Tidying after a failed write has a time of its own. */
const TIDY_MS = 3_000;

/** Puts the body at the path. Returns the version token of the new file, null where the server tells no times. */
export async function writeFtpFile(
  pool: FtpPool,
  container: string,
  path: string,
  body: WriteBody,
  options: WriteOptions,
): Promise<string | null> {
  const unfinished = options.note === null ? null : unfinishedPath(path, options.note.unfinished);
  const temporary = unfinished ?? temporaryPath(path, options.token);
  const mayRest = options.note !== null && body.buffer === null && body.sizeBytes >= RESUME_FROM_BYTES;
  const source = new Source(body);
  const write = async (connection: FtpConnection): Promise<string | null> => {
    await makeFolder(connection, container, folderOf(path));
    if (options.onlyIfAbsent) await assertAbsent(connection, path);
    const from =
      mayRest && unfinished !== null ? await arrivedBytes(connection, temporary, source.body, options.signal) : 0;
    // Some servers do not write over a file, not even over one that is not whole.
    if (unfinished !== null && from === 0) await connection.ask(`DELE ${unfinished}`, maySayMissing);
    if (mayRest) await options.note?.begun(nameOf(temporary));
    if (from > 0) options.onProgress(from);
    await send(connection, { temporary, from }, source, options);
    const version = await settle(connection, temporary, body.sizeBytes, options.modifiedAtMs);
    options.onProgress(body.sizeBytes);
    options.signal.throwIfAborted();
    await publish(connection, temporary, path, options);
    return version;
  };
  try {
    return await pool.use(`write ${path}`, options.signal, write, SETTLE_MS);
  } catch (thrown) {
    if (!mayRest) await removeQuietly(pool, temporary);
    throw source.problem?.thrown ?? thrown;
  }
}

/** Where a mark says that an unfinished file is; null when it is none of ours. */
export function unfinishedPath(path: string, mark: string | null): string | null {
  return mark !== null && /^[A-Za-z0-9.-]+$/.test(mark) && isTemporaryName(mark) ? pathOf(folderOf(path), mark) : null;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The body, and what went wrong with it: that is never the server's fault. */
class Source {
  readonly body: WriteBody;
  problem: { readonly thrown: unknown } | null = null;

  constructor(body: WriteBody) {
    const open = (range: Parameters<WriteBody['open']>[0]) => this.#watch(body.open(range));
    this.body = { ...body, open };
  }

  async *#watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* chunks;
    } catch (thrown) {
      this.problem = { thrown };
      throw thrown;
    }
  }
}

interface Target {
  readonly temporary: string;
  /** As many bytes are there already. */
  readonly from: number;
}

async function send(
  connection: FtpConnection,
  { temporary, from }: Target,
  source: Source,
  { signal, onProgress }: WriteOptions,
): Promise<void> {
  const { sizeBytes } = source.body;
  if (from > 0 && from === sizeBytes) return;
  const rest: WriteBody =
    from === 0
      ? source.body
      : {
          ...source.body,
          sizeBytes: sizeBytes - from,
          open: () => source.body.open({ first: from, last: sizeBytes - 1 }),
        };
  async function* chunks(): AsyncGenerator<Uint8Array, void, void> {
    await connection.dataSecured();
    let count = from;
    try {
      for await (const chunk of countedChunks(rest, signal)) {
        yield chunk;
        count += chunk.byteLength;
        onProgress(count);
      }
    } catch (thrown) {
      source.problem ??= { thrown };
    }
  }
  const { client } = connection;
  const readable = Readable.from(chunks(), { highWaterMark: 1 });
  await (from === 0 ? client.uploadFrom(readable, temporary) : client.appendFrom(readable, temporary));
  // The caller tells why; here the connection is whole.
  if (source.problem !== null) fail('unexpected', 'The bytes to write broke off.');
}

/** What the server has now must be as long as what was sent. Returns its version with the time that it shall keep. */
async function settle(
  connection: FtpConnection,
  temporary: string,
  sizeBytes: number,
  modifiedAtMs: number | null,
): Promise<string | null> {
  const facts = await askFile(connection, temporary);
  if (facts?.sizeBytes !== sizeBytes) {
    fail('checksum-mismatch', `${facts?.sizeBytes ?? 'No'} bytes arrived there, not ${sizeBytes}.`, {
      hint: 'Nothing was published. Another attempt sends them again.',
    });
  }
  const isSet = modifiedAtMs !== null && (await setTime(connection, temporary, modifiedAtMs));
  const timeMs = isSet ? await askTime(connection, temporary) : facts.modifiedAtMs;
  return timeMs === null ? null : fileVersion(sizeBytes, timeMs);
}

/** As far as the server can: the bytes matter more than their date. */
async function setTime(connection: FtpConnection, path: string, modifiedAtMs: number): Promise<boolean> {
  // vsftpd sets the time with MDTM and does not announce it; to others it is a file of a strange name.
  const verb = connection.has('MFMT') ? 'MFMT' : 'MDTM';
  return (await connection.ask(`${verb} ${formatFtpTime(modifiedAtMs)} ${path}`, () => true)) !== null;
}

/** The failure that led here matters more than a temporary file that cannot be removed; listings never show those. */
async function removeQuietly(pool: FtpPool, temporary: string): Promise<void> {
  await removeFile(pool, temporary, AbortSignal.timeout(TIDY_MS)).catch(() => undefined);
}

/** Quiet when there is no such file. */
export function removeFile(pool: FtpPool, path: string, signal: AbortSignal): Promise<void> {
  return pool.use(`remove ${path}`, signal, async (connection) => {
    try {
      await connection.send(`DELE ${path}`);
    } catch (thrown) {
      if (!maySayMissing(thrown) || (await askFile(connection, path)) !== null) throw thrown;
    }
  });
}
