/**
 * Owns the writes that are in flight for one file: how many at once, and up to which byte all arrived. Must not know
 * where bytes come from. Called by write-sftp.ts.
 */

import { untilAborted } from '../wire/until-aborted.ts';
import { REQUEST_BYTES, REQUESTS_IN_FLIGHT } from './read-sftp.ts';
import type { Handle, SftpSession } from './sftp-session.ts';

/** However many share a connection, each goes on. */
const LEAST_IN_FLIGHT = 4;

interface Request {
  readonly endsAt: number;
  isDone: boolean;
}

export class SendWindow {
  readonly #session: SftpSession;
  readonly #handle: Handle;
  readonly #onArrived: (bytes: number) => void;
  /** In order of their places in the file; answers may come in another. */
  readonly #requests: Request[] = [];
  #inFlight = 0;
  #problem: { readonly thrown: unknown } | null = null;
  #changed = Promise.withResolvers<void>();

  /** `onArrived` is told up to which byte everything is on the server. */
  constructor(session: SftpSession, handle: Handle, onArrived: (bytes: number) => void) {
    this.#session = session;
    this.#handle = handle;
    this.#onArrived = onArrived;
  }

  /** Resolves when all of it is on its way. */
  async send(bytes: Uint8Array, at: number, signal: AbortSignal): Promise<void> {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let offset = 0; offset < whole.byteLength; offset += REQUEST_BYTES) {
      await this.#waitFor(() => this.#inFlight < this.#limit(), signal);
      this.#start(whole.subarray(offset, offset + REQUEST_BYTES), at + offset);
    }
  }

  /** Resolves when all that was sent arrived. Throws the first refusal. */
  async settle(signal: AbortSignal): Promise<void> {
    await this.#waitFor(() => this.#inFlight === 0, signal);
  }

  /** Resolves when nothing is on its way any more, whatever became of it. Afterwards the file changes no more. */
  async quiet(): Promise<void> {
    while (this.#inFlight > 0) await this.#changed.promise;
  }

  #limit(): number {
    return Math.max(LEAST_IN_FLIGHT, Math.floor(REQUESTS_IN_FLIGHT / this.#session.users));
  }

  async #waitFor(condition: () => boolean, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#problem !== null) throw this.#problem.thrown;
      if (condition()) return;
      await untilAborted(this.#changed.promise, signal);
    }
  }

  #start(bytes: Buffer, at: number): void {
    const request: Request = { endsAt: at + bytes.byteLength, isDone: false };
    this.#requests.push(request);
    this.#inFlight += 1;
    this.#session.write(this.#handle, bytes, at).then(
      () => this.#ended(request, null),
      (thrown: unknown) => this.#ended(request, { thrown }),
    );
  }

  #ended(request: Request, problem: { readonly thrown: unknown } | null): void {
    this.#inFlight -= 1;
    request.isDone = problem === null;
    this.#problem ??= problem;
    let arrived: number | null = null;
    for (let first = this.#requests[0]; first?.isDone === true; first = this.#requests[0]) {
      arrived = first.endsAt;
      this.#requests.shift();
    }
    if (arrived !== null) this.#onArrived(arrived);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
