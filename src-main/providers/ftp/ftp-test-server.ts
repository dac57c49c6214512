/**
 * Owns a small FTP server in memory for tests: passive mode, one tree for everybody, and the ways in which servers
 * differ. Must not know the provider. Called by ftp-provider.test.ts.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface TestServerWays {
  /** MLSD and MFMT; else `ls -l` text, and MDTM with two arguments. */
  readonly isModern: boolean;
  /** RNTO and STOR over a file are refused. */
  readonly keepsFiles: boolean;
  /** White space at the end of a command is cut off. */
  readonly trims: boolean;
}

interface StoredFile {
  bytes: Buffer;
  mtimeMs: number;
}

export interface FtpTestServer {
  readonly port: number;
  /** By whole path. */
  readonly files: Map<string, StoredFile>;
  readonly folders: Set<string>;
  /** Commands as they came. */
  readonly commands: string[];
  /** What is answered to a command instead of doing it; null: it is done. */
  answer: (line: string) => string | null;
  /** Connections for commands that stand. */
  readonly open: () => number;
  /** Ends all of them, as servers do with silent ones; resolves when the clients know. */
  readonly dropAll: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export const PASSWORD = 'test-password';

export async function startFtpTestServer(ways: TestServerWays): Promise<FtpTestServer> {
  const files = new Map<string, StoredFile>();
  const folders = new Set(['/']);
  const commands: string[] = [];
  const world: World = { files, folders, commands, ways, answer: () => null };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    new Session(socket, world).greet();
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  const dropAll = async (): Promise<void> => {
    await Promise.all([...sockets].map((socket) => closed(socket.end())));
  };
  return Object.assign(world, { port, open: () => sockets.size, dropAll, close });
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

interface World {
  readonly files: Map<string, StoredFile>;
  readonly folders: Set<string>;
  readonly commands: string[];
  readonly ways: TestServerWays;
  answer: (line: string) => string | null;
}

class Session {
  readonly #socket: Socket;
  readonly #world: World;
  #folder = '/';
  #restartAt = 0;
  #renameFrom = '';
  #data: Promise<Socket> | null = null;

  constructor(socket: Socket, world: World) {
    this.#socket = socket;
    this.#world = world;
    socket.on('error', () => socket.destroy());
    let rest = '';
    let work = Promise.resolve();
    socket.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) work = work.then(() => this.#answer(line));
    });
  }

  greet(): void {
    this.#say('220 Test');
  }

  #say(reply: string): void {
    if (this.#socket.writable) this.#socket.write(`${reply}\r\n`);
  }

  async #answer(line: string): Promise<void> {
    const { ways, commands } = this.#world;
    commands.push(line);
    const space = line.indexOf(' ');
    const verb = space < 0 ? line : line.slice(0, space);
    const given = space < 0 ? '' : line.slice(space + 1);
    const path = ways.trims ? given.trimEnd() : given;
    const act = this.#acts[verb];
    const instead = this.#world.answer(line);
    if (instead !== null) this.#say(instead);
    else this.#say(act === undefined ? '500 Unknown command.' : await act(path));
  }

  readonly #acts: Readonly<Record<string, (path: string) => string | Promise<string>>> = {
    USER: () => '331 Password?',
    PASS: (given) => (given === PASSWORD ? '230 In.' : '530 Login incorrect.'),
    FEAT: () => `211-Features\r\n MDTM\r\n SIZE\r\n${this.#world.ways.isModern ? ' MLST x*;\r\n MFMT\r\n' : ''}211 End`,
    TYPE: () => '200 Ok.',
    CWD: (path) => {
      if (!this.#world.folders.has(path)) return '550 Failed to change directory.';
      this.#folder = path;
      return '250 Ok.';
    },
    MKD: (path) => {
      const { folders, files } = this.#world;
      if (folders.has(path) || files.has(path) || !folders.has(parentOf(path))) return '550 Failed.';
      folders.add(path);
      return '257 Made.';
    },
    SIZE: (path) => this.#ofFile(path, (file) => `213 ${file.bytes.byteLength}`),
    MDTM: (given) => {
      const [, time, path = given] = /^(\d{14}) (.*)$/s.exec(given) ?? [];
      return time === undefined
        ? this.#ofFile(path, (file) => `213 ${stamp(file.mtimeMs)}`)
        : this.#setTime(time, path);
    },
    MFMT: (given) =>
      this.#world.ways.isModern ? this.#setTime(given.slice(0, 14), given.slice(15)) : '500 Unknown command.',
    DELE: (path) => (this.#world.files.delete(path) ? '250 Gone.' : '550 Delete operation failed.'),
    RNFR: (path) => {
      this.#renameFrom = path;
      return this.#ofFile(path, () => '350 To?');
    },
    RNTO: (path) => this.#rename(path),
    REST: (given) => {
      this.#restartAt = Number(given);
      return '350 From there.';
    },
    EPSV: () => this.#listenForData(),
    LIST: () => this.#send(Buffer.from(this.#lines(textLine))),
    MLSD: () => (this.#world.ways.isModern ? this.#send(Buffer.from(this.#lines(factsLine))) : '500 Unknown command.'),
    RETR: (path) => {
      const from = this.#restartAt;
      this.#restartAt = 0;
      const file = this.#world.files.get(path);
      return file === undefined ? '550 Failed to open file.' : this.#send(file.bytes.subarray(from));
    },
    STOR: (path) => this.#receive(path, Buffer.alloc(0)),
    APPE: (path) => this.#receive(path, this.#world.files.get(path)?.bytes ?? Buffer.alloc(0)),
    QUIT: () => '221 Bye.',
  };

  #ofFile(path: string, answer: (file: StoredFile) => string): string {
    const file = this.#world.files.get(path);
    return file === undefined ? '550 Failed.' : answer(file);
  }

  #setTime(time: string, path: string): string {
    const iso = time.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z');
    return this.#ofFile(path, (file) => {
      file.mtimeMs = Date.parse(iso);
      return '213 Set.';
    });
  }

  #rename(path: string): string {
    const { files, folders, ways } = this.#world;
    const file = files.get(this.#renameFrom);
    const isTaken = folders.has(path) || (ways.keepsFiles && files.has(path));
    if (file === undefined || isTaken || !folders.has(parentOf(path))) return '550 Rename failed.';
    files.delete(this.#renameFrom);
    files.set(path, file);
    return '250 Renamed.';
  }

  async #listenForData(): Promise<string> {
    const server = createServer();
    this.#data = once(server, 'connection').then(([socket]: Socket[]) => {
      server.close();
      if (socket === undefined) throw new Error('A connection without a socket.');
      socket.on('error', () => socket.destroy());
      return socket;
    });
    return `229 Here (|||${await listen(server)}|)`;
  }

  async #send(bytes: Buffer): Promise<string> {
    const socket = await this.#data;
    if (socket === null) return '425 No connection.';
    this.#say('150 Here it comes.');
    socket.resume().end(bytes);
    await closed(socket);
    return socket.bytesWritten === bytes.byteLength ? '226 Done.' : '426 Broken.';
  }

  async #receive(path: string, before: Buffer): Promise<string> {
    const { files, folders, ways } = this.#world;
    const socket = await this.#data;
    if (socket === null) return '425 No connection.';
    const isTaken = folders.has(path) || (ways.keepsFiles && before.byteLength === 0 && files.has(path));
    if (isTaken || !folders.has(parentOf(path))) {
      // As ProFTPD does: the connection breaks before the reason is told.
      socket.resetAndDestroy();
      return '553 Could not create file.';
    }
    const file = { bytes: before, mtimeMs: Date.now() };
    files.set(path, file);
    this.#say('150 Go on.');
    const chunks = [before];
    for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
    file.bytes = Buffer.concat(chunks);
    file.mtimeMs = Date.now();
    return '226 Done.';
  }

  #lines(line: (name: string, file: StoredFile | null) => string): string {
    const { files, folders } = this.#world;
    const here = (path: string): boolean => path !== '/' && parentOf(path) === this.#folder;
    return [
      line('.', null),
      ...[...folders].filter(here).map((path) => line(nameOf(path), null)),
      ...[...files].filter(([path]) => here(path)).map(([path, file]) => line(nameOf(path), file)),
    ].join('');
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

function textLine(name: string, file: StoredFile | null): string {
  return `${file === null ? 'd' : '-'}rw-r--r--    1 ftp      ftp      ${file?.bytes.byteLength ?? 0} Nov 21 07:50 ${name}\r\n`;
}

function factsLine(name: string, file: StoredFile | null): string {
  if (file === null) return `type=${name === '.' ? 'cdir' : 'dir'}; ${name}\r\n`;
  return `type=file;size=${file.bytes.byteLength};modify=${stamp(file.mtimeMs)}; ${name}\r\n`;
}

function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(/\D/g, '');
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
