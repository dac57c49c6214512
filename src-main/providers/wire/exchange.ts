/**
 * Owns one request and its answer over undici's connections, without the streams that undici makes of answers: for a
 * small asset those cost as much as the rest of the request together (46 µs against 24 µs of CPU for a GET of 16 KiB).
 * Must not know what is asked. Called by http and s3.
 */
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { ResponseHeaders } from './response-headers.ts';

/** Bytes that came and that nobody took yet; with more than these in hand the server is made to wait. */
const HELD_BYTES = 64 * 1024;

/** Read once, in order. What breaks it off is thrown where it is read; when nobody reads, nobody has to hear of it. */
export interface AnswerBody extends AsyncIterable<Uint8Array> {
  /** Nobody wants it: it is let in and thrown away, so that its connection can be used again. */
  resume(): void;
  /** Nobody wants it, and what did not come yet may be long: its connection is given up. */
  destroy(): void;
}

export interface Answer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: AnswerBody;
}

/** Resolves when the headers are there. Rejects with the signal's reason or undici's error; so does reading the body. */
export function exchange(agent: Dispatcher, request: Dispatcher.DispatchOptions, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const handler = new Exchange(request.body, signal, resolve, reject);
    agent.dispatch(request, handler);
  });
}

class Exchange implements Dispatcher.DispatchHandler, AnswerBody {
  readonly #sent: Dispatcher.DispatchOptions['body'];
  readonly #signal: AbortSignal;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #onAbort = (): void => this.#breakOff(this.#signal.reason);
  #controller: Dispatcher.DispatchController | null = null;
  #chunks: Uint8Array[] = [];
  #heldBytes = 0;
  #isOver = false;
  #isUnwanted = false;
  #failure: { readonly reason: unknown } | null = null;
  /** Of who waits for the next chunk. */
  #wake: (() => void) | null = null;

  constructor(
    sent: Dispatcher.DispatchOptions['body'],
    signal: AbortSignal,
    resolve: (answer: Answer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#sent = sent;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', this.#onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It was given up while it waited for a connection.
    if (this.#failure !== null) controller.abort(asError(this.#failure.reason));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    // 1xx only announces.
    if (status >= 200) this.#resolve({ status, headers, body: this });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#isUnwanted) return;
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.byteLength;
    if (this.#heldBytes >= HELD_BYTES) controller.pause();
    this.#wake?.();
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, reason: Error): void {
    this.#failure ??= { reason };
    this.#end();
    if (this.#sent instanceof Readable) this.#sent.on('error', () => undefined).destroy(reason);
    this.#reject(this.#failure.reason);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          this.#heldBytes -= chunk.byteLength;
          if (this.#controller?.paused === true && this.#heldBytes < HELD_BYTES) this.#controller.resume();
          yield chunk;
        } else if (this.#failure !== null) throw this.#failure.reason;
        else if (this.#isOver) return;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      this.destroy();
    }
  }

  resume(): void {
    this.#isUnwanted = true;
    this.#chunks = [];
    if (this.#controller?.paused === true) this.#controller.resume();
  }

  destroy(): void {
    this.#isUnwanted = true;
    this.#chunks = [];
    if (!this.#isOver) this.#breakOff(new Error('nobody reads the rest of the answer'));
  }

  #breakOff(reason: unknown): void {
    this.#failure ??= { reason };
    this.#reject(reason);
    this.#wake?.();
    this.#controller?.abort(asError(reason));
  }

  #end(): void {
    this.#isOver = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#wake?.();
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('given up', { cause: reason });
}
