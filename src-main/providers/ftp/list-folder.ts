/**
 * Owns listing one folder: line by line as the bytes come, so that a folder with a million names is never held whole.
 * Must not know keys. Called by walk-ftp.ts.
 */
import { FTPError, type FTPResponse, type TaskResolver } from 'basic-ftp';
import { fail } from '../../../src-shared/model/failure.ts';
import type { FtpConnection } from './ftp-connection.ts';
import { isRefusal } from './ftp-failure.ts';
import { type ListedEntry, readFactsLine, readTextLine } from './read-listing.ts';

/** The largest line kept while its end has not come. */
const MAX_LINE_BYTES = 64 * 1024;

/**
 * Calls `onEntry` for everything in the folder that the connection was just sent to by CWD: as an argument of LIST, "-"
 * would begin options and "*" would be a pattern. Throws what basic-ftp throws.
 */
export async function listFolder(
  connection: FtpConnection,
  folder: string,
  onEntry: (entry: ListedEntry) => void,
): Promise<void> {
  if (connection.listsFacts) {
    await receiveLines(connection, 'MLSD', folder, (line) => give(readFactsLine(line), onEntry));
    return;
  }
  // Only a server that understands "-a" shows ".": others take it for a name, and find nothing or refuse.
  let showsAll = false;
  const onLine = (line: string): void => {
    const entry = readTextLine(line);
    if (entry?.name === '.') showsAll = true;
    give(entry, onEntry);
  };
  try {
    await receiveLines(connection, 'LIST -a', folder, onLine);
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
  }
  if (!showsAll) await receiveLines(connection, 'LIST', folder, onLine);
}

function give(entry: ListedEntry | null, onEntry: (entry: ListedEntry) => void): void {
  if (entry !== null && entry.name !== '.' && entry.name !== '..') onEntry(entry);
}

async function receiveLines(
  connection: FtpConnection,
  command: string,
  folder: string,
  onLine: (line: string) => void,
): Promise<void> {
  const lines = new Lines(folder, onLine);
  const reply = await receive(connection, command, (chunk) => lines.add(chunk));
  lines.end();
  // vsftpd reports success for a folder that it could not read.
  if (!/fail|denied/i.test(reply.message)) return;
  fail('permission-denied', `${folder} cannot be listed (${reply.message.slice(0, 200)}).`, {
    hint: 'Check what the user may do in this folder.',
  });
}

/** Runs a command whose answer comes as bytes. Done when both the bytes have ended and the server has said so. */
async function receive(
  { client }: FtpConnection,
  command: string,
  onChunk: (chunk: Buffer) => void,
): Promise<FTPResponse> {
  const context = client.ftp;
  await client.prepareTransfer(context);
  const data = context.dataSocket;
  if (data === undefined) return fail('network', 'There is no connection for the listing.');
  let hasEnded = false;
  let task: TaskResolver | undefined;
  let reply: FTPResponse | undefined;
  let refusal: unknown;
  const settle = (): void => {
    if (hasEnded && reply !== undefined) task?.resolve(reply);
  };
  data.on('data', (chunk: Buffer) => {
    try {
      onChunk(chunk);
    } catch (thrown) {
      refusal = thrown;
      client.close();
    }
  });
  data.once('end', () => {
    hasEnded = true;
    context.socket.setTimeout(context.timeout);
    settle();
  });
  try {
    await context.handle(command, (response, resolver) => {
      task = resolver;
      if (response instanceof Error) task.reject(response);
      else if (response.code >= 300) task.reject(new FTPError(response));
      else if (response.code >= 200) {
        reply = response;
        settle();
      } else if (!hasEnded) {
        // While bytes come, the other connection is silent for as long as it takes.
        context.socket.setTimeout(0);
        data.setTimeout(context.timeout);
      }
    });
    return reply ?? fail('network', 'The listing ended without an answer.');
  } catch (thrown) {
    throw refusal ?? thrown;
  } finally {
    context.dataSocket = undefined;
  }
}

/** Bytes to lines. Names are UTF-8 or refused. */
class Lines {
  readonly #folder: string;
  readonly #onLine: (line: string) => void;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #rest: Buffer = Buffer.alloc(0);
  /** As the first line ended; "\n" alone may stand in a name where lines end with "\r\n". */
  #ending: string | null = null;

  constructor(folder: string, onLine: (line: string) => void) {
    this.#folder = folder;
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    const bytes = this.#rest.byteLength === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const first = bytes.indexOf('\n');
    if (this.#ending === null && first >= 0) this.#ending = bytes[first - 1] === 0x0d ? '\r\n' : '\n';
    const ending = this.#ending ?? '\n';
    let from = 0;
    for (let at = bytes.indexOf(ending); at >= 0; at = bytes.indexOf(ending, from)) {
      this.#give(bytes.subarray(from, at));
      from = at + ending.length;
    }
    this.#rest = Buffer.from(bytes.subarray(from));
    if (this.#rest.byteLength > MAX_LINE_BYTES) fail('unsupported', `The listing of ${this.#folder} has no lines.`);
  }

  end(): void {
    if (this.#rest.byteLength > 0) this.#give(this.#rest);
  }

  #give(bytes: Uint8Array): void {
    this.#onLine(this.#decode(bytes));
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      const shown = Buffer.from(bytes).toString('latin1');
      return fail('name-invalid', `A name in ${this.#folder} is not UTF-8: ${JSON.stringify(shown)}.`, {
        hint: 'Rename this file or folder, then go on.',
      });
    }
  }
}
