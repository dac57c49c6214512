/**
 * Owns one connection to a server: greeting, TLS and whom to trust, login, settings, one command at a time. Must not
 * know keys. Made by ftp-pool.ts; the connection test takes the steps one by one (check-ftp.ts).
 */
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, TLSSocket } from 'node:tls';
import { Client, type FTPContext, FTPError, type FTPResponse } from 'basic-ftp';
import { fail } from '../../../src-shared/model/failure.ts';
import { ftpFailure, isRefusal } from './ftp-failure.ts';
import type { FtpSettings } from './ftp-settings.ts';

/** A server that says nothing for this long while it should is given up. */
const SILENCE_MS = 30_000;
/** From a broken connection for the bytes to the reply that says why. */
const REPLY_MS = 2_000;
/** Address, TLS and greeting. */
const CONNECT_MS = 20_000;

export class FtpConnection {
  readonly client: Client;
  readonly settings: FtpSettings;
  /** What the server says it can do, in capitals. */
  #features: ReadonlySet<string> = new Set();
  /** TLS stands on the latest connection for bytes. */
  #dataSecured: Promise<void> = Promise.resolve();

  private constructor(client: Client, settings: FtpSettings) {
    this.client = client;
    this.settings = settings;
  }

  /** Connects and begins TLS; nothing secret is said before the certificate was found right. */
  static async greet(settings: FtpSettings, signal: AbortSignal): Promise<FtpConnection> {
    const client = new Client(SILENCE_MS);
    const connection = new FtpConnection(client, settings);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]);
    const work = begin(client, settings);
    try {
      await connection.#untilAborted(limit, work);
      connection.#watchData();
      return connection;
    } catch (thrown) {
      client.close();
      // Whatever the handshake still says after it was given up.
      work.catch(() => undefined);
      throw ftpFailure(thrown, settings.host, 'connect', signal);
    }
  }

  async login(signal: AbortSignal): Promise<void> {
    const { client, settings } = this;
    try {
      await this.#untilAborted(signal, logIn(client, settings));
      const features = await this.#untilAborted(signal, client.features());
      this.#features = new Set([...features.keys()].map((name) => name.toUpperCase()));
      await this.#untilAborted(signal, this.#settle());
    } catch (thrown) {
      client.close();
      throw ftpFailure(thrown, settings.host, 'log in', signal);
    }
  }

  get isOpen(): boolean {
    return !this.client.closed;
  }

  /** The server lists in a form that is made for machines (RFC 3659 §7.8: MLST stands for both). */
  get listsFacts(): boolean {
    return this.#features.has('MLST');
  }

  has(feature: string): boolean {
    return this.#features.has(feature);
  }

  close(): void {
    this.client.close();
  }

  /**
   * To be awaited before the first byte of an upload. basic-ftp takes a session that it is going to reuse for one that
   * stands, and an upload that ends before it does (an empty file) breaks the handshake and the connection with it.
   */
  async dataSecured(): Promise<void> {
    await this.#untilAborted(AbortSignal.timeout(SILENCE_MS), this.#dataSecured);
  }

  /** Throws what basic-ftp throws: an FTPError for a refusal. Line ends never get through. */
  send(command: string): Promise<FTPResponse> {
    return this.client.send(command);
  }

  /** The reply, or null where the server refuses for a reason that the caller expects. */
  async ask(command: string, isExpected: (thrown: FTPError) => boolean): Promise<FTPResponse | null> {
    try {
      return await this.client.send(command);
    } catch (thrown) {
      if (isRefusal(thrown) && isExpected(thrown)) return null;
      throw thrown;
    }
  }

  #watchData(): void {
    const { client, settings } = this;
    let prepare = client.prepareTransfer;
    const watched = async (context: FTPContext): Promise<FTPResponse> => {
      const response = await prepare(context);
      // The first time, basic-ftp puts what worked in place of all that it may try.
      if (client.prepareTransfer !== watched) prepare = client.prepareTransfer;
      client.prepareTransfer = watched;
      const socket = context.dataSocket;
      if (socket !== undefined) awaitReply(context, socket);
      if (!(socket instanceof TLSSocket)) return response;
      const { fingerprint } = settings;
      // Registered before anybody else's, so a wrong one is closed before a byte is sent or taken.
      if (fingerprint !== null) socket.once('secureConnect', () => closeUnlessTrusted(socket, fingerprint));
      // The event comes from inside the handshake; what it said last is not sent before the stack is left.
      this.#dataSecured = new Promise((resolve) => socket.once('secureConnect', () => setImmediate(resolve)));
      return response;
    };
    client.prepareTransfer = watched;
  }

  async #settle(): Promise<void> {
    const { client } = this;
    await client.send('TYPE I');
    await client.sendIgnoringError('OPTS UTF8 ON');
    if (this.listsFacts) await client.sendIgnoringError('OPTS MLST type;size;modify;unique;');
    if (!client.ftp.hasTLS) return;
    await client.send('PBSZ 0');
    await client.send('PROT P');
  }

  async #untilAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => {
      aborted.reject(signal.reason instanceof DOMException ? new Error('Timeout while connecting') : signal.reason);
      this.client.close();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      return await Promise.race([work, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

async function begin(client: Client, settings: FtpSettings): Promise<void> {
  const { host, port, security, trust, fingerprint } = settings;
  const tls = {
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(trust === null ? {} : { secureContext: trust }),
    // The fingerprint is compared instead, on every connection and before anything is said there.
    ...(fingerprint === null ? {} : { rejectUnauthorized: false }),
  };
  if (security === 'implicit') await client.connectImplicitTLS(host, port, tls);
  else await client.connect(host, port);
  if (security === 'explicit') await useTls(client, tls);
  if (security !== 'none' && fingerprint !== null) assertFingerprint(client.ftp.socket, fingerprint);
}

async function useTls(client: Client, tls: ConnectionOptions): Promise<void> {
  try {
    await client.useTLS(tls);
  } catch (thrown) {
    if (!(thrown instanceof FTPError)) throw thrown;
    fail('unsupported', 'The server does not offer TLS here.', {
      field: 'options.security',
      hint: 'Choose another encryption or another port.',
    });
  }
}

/**
 * A server that refuses may break the connection for the bytes before it says why (ProFTPD). basic-ftp would close
 * everything at once and lose the reason; while no bytes flow, the reason is awaited first.
 */
function awaitReply(context: FTPContext, socket: Socket): void {
  for (const event of ['error', 'close']) socket.removeAllListeners(event);
  socket.once('error', (error) => {
    const flows = socket.listenerCount('error') > 0;
    const close = (): void => {
      if (context.dataSocket === socket) context.closeWithError(error);
    };
    if (flows) close();
    else setTimeout(close, REPLY_MS).unref();
  });
}

function closeUnlessTrusted(socket: TLSSocket, fingerprint: string): void {
  try {
    // What goes on with a session that was trusted is the same server.
    if (!socket.isSessionReused()) assertFingerprint(socket, fingerprint);
  } catch (thrown) {
    socket.destroy(thrown instanceof Error ? thrown : undefined);
  }
}

function assertFingerprint(socket: unknown, fingerprint: string): void {
  const seen = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.fingerprint256 : undefined;
  if (seen === fingerprint) return;
  fail('network', `The certificate of the server is another one than the account trusts: ${seen ?? 'there is none'}.`, {
    field: 'options.fingerprint',
    hint: 'If the server got a new certificate, enter its fingerprint; if not, somebody may be in between.',
    retryable: false,
  });
}

async function logIn(client: Client, { user, password }: FtpSettings): Promise<void> {
  // Before the login, because names and passwords may be more than ASCII; servers that do not know it say so.
  await client.sendIgnoringError('OPTS UTF8 ON');
  await client.login(user, password);
}
