/**
 * Owns who may come in: the token of programs, one-time codes for browsers, session tokens, one-time tickets for
 * sockets, and the limit on wrong tries. Memory only; a new start makes new keys. Must not know HTTP.
 * Used by http-door.ts. Rules: one-time code of 60 s in the address, token in memory, 256 bits each.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';

const KEY_BYTES = 32;
const CODE_MS = 60_000;
const TICKET_MS = 10_000;
/** A window that is left open must not end with the session; the server's end does end it. */
const MAX_SESSIONS = 64;
const MAX_WRONG_TRIES = 10;
const WRONG_TRIES_MS = 60_000;

export interface DoorKeys {
  /** For programs on this machine; rests in the profile's door.json. */
  readonly token: string;
  newCode(): string;
  /** A session token for a code that was not used and is not too old; null otherwise. */
  exchangeCode(code: string): string | null;
  /** True for the program token and for sessions. */
  isToken(token: string): boolean;
  newTicket(): string;
  /** True once. */
  useTicket(ticket: string): boolean;
  noteWrongTry(): void;
  /** True while too many tries were wrong: nothing is looked at, right or wrong. */
  isLockedOut(): boolean;
}

/** `nowMs`: monotonic. */
export function createDoorKeys(nowMs: () => number): DoorKeys {
  const token = newKey();
  const codes = new Map<string, number>();
  const sessions = new Set<string>();
  const tickets = new Map<string, number>();
  let wrongTries: number[] = [];

  function take(from: Map<string, number>, key: string): boolean {
    for (const [known, endsAtMs] of from) {
      if (endsAtMs < nowMs()) from.delete(known);
    }
    const found = [...from.keys()].find((known) => isSame(known, key));
    return found !== undefined && from.delete(found);
  }

  return {
    token,
    newCode() {
      const code = newKey();
      codes.set(code, nowMs() + CODE_MS);
      return code;
    },
    exchangeCode(code) {
      if (!take(codes, code)) return null;
      const session = newKey();
      sessions.add(session);
      const oldest = sessions.values().next().value;
      if (sessions.size > MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest);
      return session;
    },
    isToken(given) {
      return isSame(token, given) || [...sessions].some((session) => isSame(session, given));
    },
    newTicket() {
      const ticket = newKey();
      tickets.set(ticket, nowMs() + TICKET_MS);
      return ticket;
    },
    useTicket: (ticket) => take(tickets, ticket),
    noteWrongTry() {
      wrongTries.push(nowMs());
    },
    isLockedOut() {
      wrongTries = wrongTries.filter((atMs) => nowMs() - atMs < WRONG_TRIES_MS);
      return wrongTries.length >= MAX_WRONG_TRIES;
    },
  };
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url');
}

/** Takes as long for a wrong key as for a right one. */
function isSame(known: string, given: string): boolean {
  const one = Buffer.from(known);
  const other = Buffer.from(given);
  return one.length === other.length && timingSafeEqual(one, other);
}
