/**
 * Owns the connections of one account: a few, shared by all who read and write, opened when needed, closed when idle.
 * Must not know what they are used for. Called by sftp-provider.ts, one pool for each account.
 */

import { untilAborted } from '../wire/until-aborted.ts';
import type { SftpSession } from './sftp-session.ts';

/**
 * One connection is one process on the server and one cipher here, so a few make use of several cores; OpenSSH begins to
 * turn away those who are not signed in yet at ten (MaxStartups), and several workers may have an account.
 */
const MAX_SESSIONS = 4;
/** An idle one keeps the process from ending, so it is not kept for long; signing in anew takes some round trips. */
const IDLE_MS = 10_000;
/** After an abort its requests are given this long to end; a session that does not answer by then is taken for dead. */
const ABORT_GRACE_MS = 15_000;

/** A session on loan; whoever has it gives it back. */
export interface Loan {
  readonly session: SftpSession;
  giveBack(): void;
}

interface Place {
  readonly opening: Promise<SftpSession>;
  /** null until it is open. */
  session: SftpSession | null;
  users: number;
  idle: NodeJS.Timeout | null;
}

export class SessionPool {
  readonly #open: (signal: AbortSignal) => Promise<SftpSession>;
  readonly #places = new Set<Place>();
  readonly #closing = new AbortController();
  #mostSessions = MAX_SESSIONS;

  constructor(open: (signal: AbortSignal) => Promise<SftpSession>) {
    this.#open = open;
  }

  /** Does something with a session. When the signal aborts, its reason is thrown once the work came to its end. */
  async use<Result>(signal: AbortSignal, work: (session: SftpSession) => Promise<Result>): Promise<Result> {
    const { session, giveBack } = await this.borrow(signal);
    try {
      return await work(session);
    } catch (thrown) {
      signal.throwIfAborted();
      throw thrown;
    } finally {
      giveBack();
    }
  }

  /** The session with the fewest users, or a new one while there is room for it. An abort says to give it back. */
  async borrow(signal: AbortSignal): Promise<Loan> {
    signal.throwIfAborted();
    const place = this.#choose();
    place.users += 1;
    if (place.idle !== null) clearTimeout(place.idle);
    place.idle = null;
    try {
      return this.#lend(place, await untilAborted(place.opening, signal), signal);
    } catch (thrown) {
      this.#leave(place);
      const inUse = [...this.#places].filter(({ session }) => session?.isOver === false).length;
      if (signal.aborted || inUse === 0) throw thrown;
      // Some servers let one user have few connections, and do not say how many. Those that are open serve all.
      this.#mostSessions = inUse;
      return this.borrow(signal);
    }
  }

  #lend(place: Place, session: SftpSession, signal: AbortSignal): Loan {
    session.users += 1;
    let grace: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      grace = setTimeout(() => session.destroy('it does not answer'), ABORT_GRACE_MS);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    let isOut = true;
    const giveBack = (): void => {
      if (!isOut) return;
      isOut = false;
      signal.removeEventListener('abort', onAbort);
      clearTimeout(grace);
      session.users -= 1;
      this.#leave(place);
    };
    return { session, giveBack };
  }

  /** Ends all of them, used or not. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The provider was closed.'));
    await Promise.all([...this.#places].map((place) => this.#drop(place)));
  }

  #choose(): Place {
    const usable = [...this.#places].filter(({ session }) => session?.isOver !== true);
    const byUse = usable.sort((a, b) => a.users - b.users);
    const [idlest] = byUse;
    if (idlest !== undefined && (idlest.users === 0 || byUse.length >= this.#mostSessions)) return idlest;
    const place: Place = { opening: this.#open(this.#closing.signal), session: null, users: 0, idle: null };
    this.#places.add(place);
    const forget = (): void => void this.#places.delete(place);
    // Those who wait for it are told why it failed.
    place.opening.then((session) => {
      place.session = session;
      return session.closed.then(forget);
    }, forget);
    return place;
  }

  #leave(place: Place): void {
    place.users -= 1;
    if (place.users > 0 || !this.#places.has(place)) return;
    place.idle = setTimeout(() => void this.#drop(place), IDLE_MS);
  }

  async #drop(place: Place): Promise<void> {
    this.#places.delete(place);
    if (place.idle !== null) clearTimeout(place.idle);
    // One that could not be opened has nothing to close.
    const session = await place.opening.catch(() => null);
    await session?.close();
  }
}
