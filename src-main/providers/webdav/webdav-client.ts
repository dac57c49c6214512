/**
 * Owns one request to a WebDAV server: sign-in, refusals, redirects (never followed: they could carry a password to
 * another host). Must not know what assets are. Called by everything in this folder that asks the server.
 */
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Agent, Dispatcher } from 'undici';
import { fail } from '../../../src-shared/model/failure.ts';
import { shownUrl } from '../../../src-shared/model/url-key.ts';
import { openConnections } from '../wire/connections.ts';
import { networkFailure } from '../wire/network-failure.ts';
import { headerOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { webdavFailure } from './webdav-failure.ts';
import type { WebdavSettings } from './webdav-settings.ts';

const LOCKED = 423;
/** A lock of somebody who edits lasts longer than these tries, and is a failure. */
const LOCKED_TRIES = 20;
const LOCKED_PAUSE_MS = 50;

export interface WebdavRequest {
  readonly method: 'OPTIONS' | 'PROPFIND' | 'GET' | 'PUT' | 'MKCOL' | 'MOVE' | 'DELETE';
  /** Percent-encoded, from the top of the server. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** Statuses that are answers. Every other one is thrown as a failure. */
  readonly accepts: readonly number[];
  /** For messages: "write media/a.png". */
  readonly deed: string;
  readonly signal: AbortSignal;
}

/** Bytes in one piece, or a stream that can be opened again. */
export interface RequestBody {
  readonly sizeBytes: number;
  readonly bytes: Uint8Array | (() => AsyncIterable<Uint8Array>);
}

export interface WebdavAnswer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The caller reads it to its end or destroys it. */
  readonly body: Dispatcher.ResponseData['body'];
}

export class WebdavClient {
  readonly settings: WebdavSettings;
  readonly #agent: Agent;

  constructor(settings: WebdavSettings) {
    this.settings = settings;
    this.#agent = openConnections(settings);
  }

  /** Throws FailureError for refusals and for the network. */
  async request(request: WebdavRequest): Promise<WebdavAnswer> {
    const { host, signIn } = this.settings;
    let answer = await this.#send(request);
    if (answer.status === 401 && signIn.learn(challengesOf(answer))) {
      answer.body.resume();
      answer = await this.#send(request);
    }
    if (request.accepts.includes(answer.status)) return answer;
    answer.body.resume();
    if (answer.status === 401) return signIn.refused(challengesOf(answer), host);
    if (answer.status >= 300 && answer.status < 400) this.throwRedirect(answer, request.deed);
    throw webdavFailure(answer.status, answer.headers, host, request.deed);
  }

  /**
   * As `request`, for those who only want the status. What is locked is asked for again: servers such as rclone lock a
   * path while a request changes it, and while they still receive what a sender gave up.
   */
  async ask(request: WebdavRequest): Promise<number> {
    for (let tryNumber = 1; ; tryNumber += 1) {
      const accepts = tryNumber < LOCKED_TRIES ? [...request.accepts, LOCKED] : request.accepts;
      const answer = await this.request({ ...request, accepts });
      answer.body.resume();
      if (answer.status !== LOCKED) return answer.status;
      await wait(LOCKED_PAUSE_MS, undefined, { signal: request.signal }).catch(() => request.signal.throwIfAborted());
    }
  }

  throwRedirect({ headers }: Pick<WebdavAnswer, 'headers'>, deed: string): never {
    const target = headerOf(headers, 'location') ?? '';
    return fail('unsupported', `Could not ${deed}: ${this.settings.host} sends us on to another address.`, {
      field: 'options.address',
      hint: `If ${JSON.stringify(shownUrl(target).slice(0, 200))} is the right one, enter it in the account.`,
    });
  }

  /** Whether anything at all answers at the address. Throws network failures. */
  async reach(signal: AbortSignal): Promise<void> {
    const { origin, host, path } = this.settings;
    try {
      const { body } = await this.#agent.request({ origin, path: `${path}/`, method: 'OPTIONS', signal });
      body.on('error', () => undefined).resume();
    } catch (thrown) {
      throw networkFailure(thrown, host, signal, { field: 'options.address' });
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send({ method, path, headers, body, signal }: WebdavRequest): Promise<WebdavAnswer> {
    const { origin, host, signIn } = this.settings;
    const authorization = signIn.authorization(method, path);
    try {
      const answer = await this.#agent.request({
        origin,
        path,
        method,
        headers: {
          // Servers would otherwise be free to compress, and the bytes would not be those that they store.
          'accept-encoding': 'identity',
          ...headers,
          ...(authorization === null ? {} : { authorization }),
          ...(body === undefined ? {} : { 'content-length': String(body.sizeBytes) }),
        },
        body: wireBody(body),
        signal,
      });
      // An answer that nobody reads any more may break off; whoever reads it gets the error from the iteration.
      answer.body.on('error', () => undefined);
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    } catch (thrown) {
      throw networkFailure(thrown, host, signal);
    }
  }
}

function challengesOf(answer: WebdavAnswer): string {
  return headerOf(answer.headers, 'www-authenticate') ?? '';
}

function wireBody(body: RequestBody | undefined): Uint8Array | Readable | null {
  if (body === undefined) return null;
  return typeof body.bytes === 'function' ? Readable.from(body.bytes(), { objectMode: false }) : body.bytes;
}
