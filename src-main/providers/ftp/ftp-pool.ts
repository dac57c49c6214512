/**
 * Owns the connections of one provider: few at once, kept for a while, broken ones thrown away. Must not know what is
 * done with them. Called by the parts of FTP that talk to the server.
 *
 * Reading and everything else are counted apart: a read that waits for its writer must never keep the writer from
 * getting a connection.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { FtpConnection } from './ftp-connection.ts';
import { ftpFailure, leavesWhole } from './ftp-failure.ts';
import type { FtpSettings } from './ftp-settings.ts';

/** In each lane. Servers often allow eight or ten for one address. */
const LANE_CONNECTIONS = 4;
/** Servers drop silent connections after some minutes at the earliest. */
const IDLE_MS = 15_000;

export type Lane = 'read' | 'work';

interface Idle {
  readonly connection: FtpConnection;
  readonly timer: NodeJS.Timeout;
}

export class FtpPool {
  readonly settings: FtpSettings;
  readonly #idle: Idle[] = [];
  readonly #open = new Set<FtpConnection>();
  readonly #free: Record<Lane, number> = { read: LANE_CONNECTIONS, work: LANE_CONNECTIONS };
  readonly #waiting: Record<Lane, (() => void)[]> = { read: [], work: [] };
  #isClosed = false;

  constructor(settings: FtpSettings) {
    this.settings = settings;
  }

  /**
   * Does something with a connection. `deed` is for messages: "list /media". An abort closes the connection, after
   * `graceMs` if the work did not end by itself.
   */
  async use<Result>(
    deed: string,
    signal: AbortSignal,
    work: (connection: FtpConnection) => Promise<Result>,
    graceMs = 0,
  ): Promise<Result> {
    const connection = await this.take('work', signal);
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      if (graceMs === 0) connection.close();
      else timer = setTimeout(() => connection.close(), graceMs);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await work(connection);
    } catch (thrown) {
      if (!leavesWhole(thrown)) connection.close();
      throw ftpFailure(thrown, this.settings.host, deed, signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      this.giveBack('work', connection, true);
    }
  }

  /** The caller gives it back in every case. */
  async take(lane: Lane, signal: AbortSignal): Promise<FtpConnection> {
    await this.#enter(lane, signal);
    try {
      for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
        clearTimeout(idle.timer);
        if (idle.connection.isOpen) return idle.connection;
        this.#drop(idle.connection);
      }
      if (this.#isClosed) fail('unexpected', 'The provider was closed.');
      const connection = await FtpConnection.greet(this.settings, signal);
      this.#open.add(connection);
      await connection.login(signal).catch((thrown: unknown) => {
        this.#drop(connection);
        throw thrown;
      });
      return connection;
    } catch (thrown) {
      this.#leave(lane);
      throw thrown;
    }
  }

  /** `isWhole`: every answer to what was asked has come, so it can be used again. */
  giveBack(lane: Lane, connection: FtpConnection, isWhole: boolean): void {
    if (isWhole && connection.isOpen && !this.#isClosed) {
      const timer = setTimeout(() => this.#drop(connection), IDLE_MS);
      timer.unref();
      this.#idle.push({ connection, timer });
    } else {
      this.#drop(connection);
    }
    this.#leave(lane);
  }

  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#idle.splice(0)) clearTimeout(timer);
    for (const connection of this.#open) connection.close();
    this.#open.clear();
  }

  #drop(connection: FtpConnection): void {
    const at = this.#idle.findIndex((idle) => idle.connection === connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#open.delete(connection);
    connection.close();
  }

  async #enter(lane: Lane, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free[lane] > 0) {
      this.#free[lane] -= 1;
      return;
    }
    const turn = Promise.withResolvers<void>();
    const onAbort = (): void => {
      this.#waiting[lane] = this.#waiting[lane].filter((each) => each !== turn.resolve);
      turn.reject(signal.reason);
    };
    this.#waiting[lane].push(turn.resolve);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Hands the place to the one who waits longest. */
  #leave(lane: Lane): void {
    const next = this.#waiting[lane].shift();
    if (next === undefined) this.#free[lane] += 1;
    else next();
  }
}
