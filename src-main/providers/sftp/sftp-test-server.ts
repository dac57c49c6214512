/**
 * Owns a small SFTP server over a folder of this computer, in this process: what the protocol says and no extension, so
 * that the ways without them are tried too. Answers reads with less than was asked for. For tests only.
 */
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { createServer } from 'node:net';
import * as path from 'node:path';
import ssh2, { type Attributes, type Connection, type SFTPWrapper } from 'ssh2';

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;

export const TEST_USER = 'ada';
export const TEST_PASSWORD = 'open sesame';
/** Less than any request of ours. */
const MOST_READ_BYTES = 20_000;

type Open =
  | { readonly kind: 'file'; readonly file: fs.FileHandle }
  | { readonly kind: 'folder'; readonly path: string; names: string[] };

export interface SftpTestServer {
  readonly port: number;
  readonly fingerprint: string;
  /** Breaks every connection, as a network does. */
  cut(): void;
  connections(): number;
  close(): Promise<void>;
}

export interface TestServerHabits {
  /** Setting a time is refused. */
  readonly refusesTimes?: true;
  /** By the last names of both paths. */
  readonly refusesRename?: (from: string, to: string) => boolean;
  /** Connections at once; more are hung up on. */
  readonly mostConnections?: number;
}

/** Logins begin in `home`. */
export async function startSftpTestServer(home: string, habits: TestServerHabits = {}): Promise<SftpTestServer> {
  const key = ssh2.utils.generateKeyPairSync('ed25519');
  const open = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [key.private] }, (connection) => {
    open.add(connection);
    connection.on('close', () => open.delete(connection));
    // A client that breaks off is what some tests are about.
    connection.on('error', () => undefined);
    connection.on('authentication', (way) => {
      const isRight = way.method === 'password' && way.username === TEST_USER && way.password === TEST_PASSWORD;
      if (isRight) way.accept();
      else way.reject(['password']);
    });
    connection.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => serve(acceptSftp(), home, habits));
    });
  });
  // Without noDelay, small answers would wait for an acknowledgement that comes late.
  const door = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  if (habits.mostConnections !== undefined) door.maxConnections = habits.mostConnections;
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const parsed = ssh2.utils.parseKey(key.public);
  if (parsed instanceof Error) throw parsed;
  const digest = createHash('sha256').update(parsed.getPublicSSH()).digest('base64');
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port.');
  return {
    port: address.port,
    fingerprint: `SHA256:${digest.replace('=', '')}`,
    cut: () => {
      for (const connection of open) connection.end();
    },
    connections: () => open.size,
    close: () => new Promise((resolve) => door.close(() => resolve())),
  };
}

function serve(sftp: SFTPWrapper, home: string, { refusesTimes, refusesRename }: TestServerHabits): void {
  const handles = new Map<string, Open>();
  let lastHandle = 0;
  const at = (name: string): string => path.resolve(home, name);
  const keep = (opened: Open): Buffer => {
    lastHandle += 1;
    handles.set(String(lastHandle), opened);
    return Buffer.from(String(lastHandle));
  };
  const fileOf = (handle: Buffer): fs.FileHandle => {
    const opened = handles.get(handle.toString());
    if (opened?.kind !== 'file') throw new Error('There is no such open file.');
    return opened.file;
  };
  /** Runs the work and answers with what it says, or with the status that its error stands for. */
  const answer = (id: number, work: () => Promise<() => void>): void => {
    work().then(
      (reply) => reply(),
      (error: unknown) => sftp.status(id, statusOf(error)),
    );
  };
  const done = (id: number, work: Promise<unknown>): Promise<() => void> =>
    work.then(() => () => sftp.status(id, STATUS_CODE.OK));

  sftp.on('close', () => {
    for (const opened of handles.values()) if (opened.kind === 'file') void opened.file.close();
    handles.clear();
  });
  sftp.on('OPEN', (id, name, flags) =>
    answer(id, async () => {
      const handle = keep({ kind: 'file', file: await fs.open(at(name), openFlags(flags)) });
      return () => sftp.handle(id, handle);
    }),
  );
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, async () => {
      const buffer = Buffer.alloc(Math.min(length, MOST_READ_BYTES));
      const { bytesRead } = await fileOf(handle).read(buffer, 0, buffer.byteLength, offset);
      if (bytesRead === 0) return () => sftp.status(id, STATUS_CODE.EOF);
      return () => sftp.data(id, buffer.subarray(0, bytesRead));
    }),
  );
  sftp.on('WRITE', (id, handle, offset, data) =>
    // The memory of the packet may be used again before the disk has it.
    answer(id, () => done(id, fileOf(handle).write(Buffer.from(data), 0, data.byteLength, offset))),
  );
  sftp.on('CLOSE', (id, handle) =>
    answer(id, async () => {
      const opened = handles.get(handle.toString());
      handles.delete(handle.toString());
      return done(id, opened?.kind === 'file' ? opened.file.close() : Promise.resolve());
    }),
  );
  sftp.on('FSTAT', (id, handle) =>
    answer(id, async () => {
      const stats = await fileOf(handle).stat();
      return () => sftp.attrs(id, toAttributes(stats));
    }),
  );
  sftp.on('FSETSTAT', (id, handle, { size, atime, mtime }: Partial<Attributes>) =>
    answer(id, async () => {
      const file = fileOf(handle);
      if (size !== undefined) await file.truncate(size);
      if (atime === undefined || mtime === undefined) return done(id, Promise.resolve());
      if (refusesTimes === true) return () => sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
      return done(id, file.utimes(atime, mtime));
    }),
  );
  for (const [request, stat] of [
    ['STAT', fs.stat],
    ['LSTAT', fs.lstat],
  ] as const) {
    sftp.on(request, (id: number, name: string) =>
      answer(id, async () => {
        const stats = await stat(at(name));
        return () => sftp.attrs(id, toAttributes(stats));
      }),
    );
  }
  sftp.on('REALPATH', (id, name) =>
    answer(id, async () => {
      const filename = await fs.realpath(at(name));
      return () => sftp.name(id, [{ filename, longname: filename, attrs: NO_ATTRIBUTES }]);
    }),
  );
  sftp.on('OPENDIR', (id, name) =>
    answer(id, async () => {
      const handle = keep({ kind: 'folder', path: at(name), names: await fs.readdir(at(name)) });
      return () => sftp.handle(id, handle);
    }),
  );
  sftp.on('READDIR', (id, handle) =>
    answer(id, async () => {
      const opened = handles.get(handle.toString());
      if (opened?.kind !== 'folder' || opened.names.length === 0) return () => sftp.status(id, STATUS_CODE.EOF);
      const names = opened.names.splice(0, 10);
      const entries = await Promise.all(
        names.map(async (filename) => {
          const attrs = toAttributes(await fs.lstat(path.join(opened.path, filename)));
          return { filename, longname: filename, attrs };
        }),
      );
      return () => sftp.name(id, entries);
    }),
  );
  sftp.on('MKDIR', (id, name) => answer(id, () => done(id, fs.mkdir(at(name)))));
  sftp.on('REMOVE', (id, name) => answer(id, () => done(id, fs.unlink(at(name)))));
  sftp.on('RENAME', (id, from, to) =>
    answer(id, async () => {
      if (refusesRename?.(path.basename(from), path.basename(to)) === true) throw new Error('The name is not given.');
      // Version 3 refuses a name that is taken.
      await fs.link(at(from), at(to));
      return done(id, fs.unlink(at(from)));
    }),
  );
}

const NO_ATTRIBUTES: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

function openFlags(flags: number): string | number {
  const { O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_EXCL } = fs.constants;
  if ((flags & OPEN_MODE.EXCL) !== 0) return O_WRONLY | O_CREAT | O_EXCL;
  return (flags & OPEN_MODE.WRITE) === 0 ? O_RDONLY : O_RDWR;
}

function toAttributes(stats: Stats): Attributes {
  const { mode, uid, gid, size, atimeMs, mtimeMs } = stats;
  return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1_000), mtime: Math.floor(mtimeMs / 1_000) };
}

function statusOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return STATUS_CODE.NO_SUCH_FILE;
  return code === 'EACCES' ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
}
