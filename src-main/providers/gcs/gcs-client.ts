/**
 * Owns one request to the service: token, connection, refusals. Must not know what objects are for. Called by
 * everything in this folder.
 */
import { Readable } from 'node:stream';
import type { Agent, Dispatcher } from 'undici';
import type { z } from 'zod';
import { fail } from '../../../src-shared/model/failure.ts';
import { openConnections } from '../wire/connections.ts';
import { encodeQueryPart } from '../wire/encode-path.ts';
import { networkFailure } from '../wire/network-failure.ts';
import { receivedText } from '../wire/received-text.ts';
import type { ResponseHeaders } from '../wire/response-headers.ts';
import { AccessTokens } from './access-token.ts';
import { gcsFailure, readGcsError } from './gcs-failure.ts';
import type { GcsSettings } from './gcs-settings.ts';

/** A page of 1,000 names of 1,024 bytes, every byte escaped, is 6 MB; this is five times as much. */
const MAX_JSON_BYTES = 32 * 1024 * 1024;

export interface GcsRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** An encoded path at the endpoint; or the address of an upload session, which is its own permission. */
  readonly to: string | URL;
  /** Names need no encoding, values get it. */
  readonly query?: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: GcsBody;
  /** Statuses beside 2xx that are answers and no refusals. */
  readonly accepts?: readonly number[];
  /** For messages: "write media/a.png". */
  readonly deed: string;
  readonly signal: AbortSignal;
}

/** Bytes in one piece, or a stream that can be opened again. */
export interface GcsBody {
  readonly sizeBytes: number;
  readonly bytes: Uint8Array | (() => AsyncIterable<Uint8Array>);
}

export interface GcsAnswer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The caller reads it to its end or destroys it. */
  readonly body: Dispatcher.ResponseData['body'];
}

export class GcsClient {
  readonly settings: GcsSettings;
  readonly #agent: Agent;
  readonly #tokens: AccessTokens;

  constructor(settings: GcsSettings) {
    this.settings = settings;
    this.#agent = openConnections(settings);
    this.#tokens = new AccessTokens(settings.account, this.#agent);
  }

  /** Answers of status 2xx, and those accepted. Else throws GcsFailureError for a refusal, FailureError for the network. */
  async request(request: GcsRequest): Promise<GcsAnswer> {
    if (typeof request.to !== 'string') return this.#accepted(await this.#send(request, {}), request);
    const authorization = await this.#tokens.authorization(request.signal);
    const answer = await this.#send(request, { authorization });
    if (answer.status !== 401) return this.#accepted(answer, request);
    // Tokens may end before their time; a new one tells whether it was only that.
    answer.body.resume();
    this.#tokens.forget(authorization);
    const renewed = await this.#tokens.authorization(request.signal);
    return this.#accepted(await this.#send(request, { authorization: renewed }), request);
  }

  /** As `request`, with the JSON of the answer. */
  async requestJson<Shape extends z.ZodType>(request: GcsRequest, shape: Shape): Promise<z.infer<Shape>> {
    return this.readJson(await this.request(request), shape, request);
  }

  async readJson<Shape extends z.ZodType>(
    answer: GcsAnswer,
    shape: Shape,
    { deed, signal }: Pick<GcsRequest, 'deed' | 'signal'>,
  ): Promise<z.infer<Shape>> {
    const { host } = this.settings.endpoint;
    const text = await receivedText(answer, { host, maxBytes: MAX_JSON_BYTES }, signal);
    const read = shape.safeParse(parse(text));
    if (read.success) return read.data;
    const where = read.error.issues[0]?.path.join('.') ?? '';
    const what = where === '' ? 'something that is not JSON' : `an unreadable "${where}"`;
    return fail('unexpected', `Could not ${deed}: ${host} answers with ${what}.`);
  }

  /** Has a token fetched, so that a wrong key is found out. */
  async authorize(signal: AbortSignal): Promise<void> {
    await this.#tokens.authorization(signal);
  }

  /** Whether anything at all answers at the endpoint. Throws network failures. */
  async reach(signal: AbortSignal): Promise<void> {
    const { origin, host } = this.settings.endpoint;
    try {
      const { body } = await this.#agent.request({ origin, path: '/', method: 'HEAD', signal });
      body.on('error', () => undefined).destroy();
    } catch (thrown) {
      throw networkFailure(thrown, host, signal, { field: 'options.endpoint' });
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(request: GcsRequest, authorization: Readonly<Record<string, string>>): Promise<GcsAnswer> {
    const { to, body } = request;
    const { origin, host } = typeof to === 'string' ? this.settings.endpoint : to;
    try {
      const answer = await this.#agent.request({
        origin,
        path: typeof to === 'string' ? to + queryOf(request.query) : to.pathname + to.search,
        method: request.method,
        headers: {
          ...request.headers,
          ...authorization,
          ...(request.method === 'GET' ? {} : { 'content-length': String(body?.sizeBytes ?? 0) }),
        },
        body: wireBody(body),
        signal: request.signal,
      });
      // An answer that nobody reads any more may break off; whoever reads it gets the error from the iteration.
      answer.body.on('error', () => undefined);
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    } catch (thrown) {
      throw networkFailure(thrown, host, request.signal);
    }
  }

  async #accepted(answer: GcsAnswer, { accepts = [], deed, signal }: GcsRequest): Promise<GcsAnswer> {
    const { status, headers } = answer;
    if ((status >= 200 && status < 300) || accepts.includes(status)) return answer;
    const { host } = this.settings.endpoint;
    const text = await receivedText(answer, { host, maxBytes: MAX_JSON_BYTES }, signal);
    throw gcsFailure(readGcsError(status, text), headers, host, deed);
  }
}

function queryOf(query: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeQueryPart(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No shape takes it.
    return undefined;
  }
}

function wireBody(body: GcsBody | undefined): Uint8Array | Readable | null {
  if (body === undefined) return null;
  return typeof body.bytes === 'function' ? Readable.from(body.bytes(), { objectMode: false }) : body.bytes;
}
