/**
 * Owns the conversation with Chromium over its DevTools pipe: requests with answers, and events. Must not know what is
 * talked about. Chromium ends by itself when the pipe closes, so it cannot outlive this process, SIGKILL included.
 * Opened by chromium.ts.
 */
import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';

interface Incoming {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: unknown;
  readonly sessionId?: string;
}

/** Emits each DevTools event under its method's name, with its parameters and session id. */
export class DevToolsPipe extends EventEmitter {
  private readonly toChromium: Writable;
  private readonly waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  private lastId = 0;

  constructor(toChromium: Writable, fromChromium: Readable) {
    super();
    this.setMaxListeners(0);
    this.toChromium = toChromium;
    // Messages are JSON, each ended by a NUL.
    let rest: Buffer[] = [];
    fromChromium.on('data', (chunk: Buffer) => {
      let start = 0;
      for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, start)) {
        rest.push(chunk.subarray(start, end));
        this.take(JSON.parse(Buffer.concat(rest).toString('utf8')) as Incoming);
        rest = [];
        start = end + 1;
      }
      if (start < chunk.length) rest.push(chunk.subarray(start));
    });
    fromChromium.on('close', () => {
      for (const { reject } of this.waiting.values()) reject(new Error('Chromium is gone.'));
      this.waiting.clear();
    });
    // A write into a pipe that just closed; `close` above tells everybody.
    toChromium.on('error', () => {});
  }

  send(method: string, params: object = {}, sessionId?: string): Promise<unknown> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject: (error) => reject(new Error(`${method}: ${error.message}`)) });
      this.toChromium.write(`${JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
    });
  }

  private take({ id, result, error, method, params, sessionId }: Incoming): void {
    if (id === undefined) {
      if (method !== undefined) this.emit(method, params, sessionId);
      return;
    }
    const asker = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) asker?.reject(new Error(error.message));
    else asker?.resolve(result);
  }
}
