/**
 * Owns one signed request to an S3 service: path, signature, clock, refusals. Must not know what objects are for.
 * Called by everything in this folder.
 */
import { Readable } from 'node:stream';
import type { Agent } from 'undici';
import { openConnections } from '../wire/connections.ts';
import { encodePath, encodeQueryPart } from '../wire/encode-path.ts';
import { type Answer, exchange } from '../wire/exchange.ts';
import { networkFailure } from '../wire/network-failure.ts';
import { receivedPieces, receivedText } from '../wire/received-text.ts';
import { headerOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { type CredentialSource, type Credentials, credentialSource, identityOf } from './credentials.ts';
import { createXmlReader, type OnElement, readXml } from './read-xml.ts';
import { isExpired, type S3Error, s3Failure } from './s3-failure.ts';
import { bucketAddress, type S3Settings } from './s3-settings.ts';
import { EMPTY_PAYLOAD, Signer, signatureTime } from './sign-request.ts';

/** A page of 1,000 keys of 1,024 bytes, every byte percent-encoded, is 3 MB; this is ten times as much. */
const MAX_XML_BYTES = 32 * 1024 * 1024;
/** Headers that every service expects in the signature; the others may be changed on the way. */
const SIGNED_HEADER = /^(content-md5|content-type|x-amz-.*)$/;
/** The longest that Amazon signs for, seven days. */
const MAX_LIFETIME_S = 7 * 24 * 60 * 60;

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  /** Names need no encoding, values get it. */
  readonly query?: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: S3Body;
  /** For messages: "write media/a.png". */
  readonly deed: string;
  readonly signal: AbortSignal;
}

/** Bytes in one piece, or a stream that can be opened again. `payload` is their SHA-256, or UNSIGNED-PAYLOAD. */
export interface S3Body {
  readonly sizeBytes: number;
  readonly payload: string;
  readonly bytes: Uint8Array | (() => AsyncIterable<Uint8Array>);
}

/** The caller reads its body to the end or gives it up. */
export type S3Answer = Answer;

export class S3Client {
  readonly settings: S3Settings;
  readonly #agent: Agent;
  readonly #credentials: CredentialSource;
  #signer: Signer | null = null;
  /** The service's clock minus ours, learned when it refuses ours. */
  #clockOffsetMs = 0;

  constructor(settings: S3Settings, credentials = credentialSource(settings.credentials)) {
    this.settings = settings;
    this.#agent = openConnections(settings);
    this.#credentials = credentials;
  }

  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /** The same service, reached with the same keys: what one may read, the other may copy. */
  isSameAccount({ settings }: S3Client): boolean {
    const { endpoint, region, credentials } = this.settings;
    return (
      endpoint.href === settings.endpoint.href &&
      region === settings.region &&
      identityOf(credentials) === identityOf(settings.credentials)
    );
  }

  /** Answers of status 2xx. Everything else is thrown: S3FailureError for a refusal, FailureError for the network. */
  async request(request: S3Request): Promise<S3Answer> {
    const signer = this.#heldSigner() ?? (await this.#fetchSigner(request.signal));
    const answer = await this.#send(request, signer);
    if (isSuccess(answer.status)) return answer;
    const error = await this.#errorOf(answer, request);
    if (!this.#mend(error, answer, signer)) throw this.#refusal(error, answer, request);
    const second = await this.#send(request, this.#heldSigner() ?? (await this.#fetchSigner(request.signal)));
    if (isSuccess(second.status)) return second;
    throw this.#refusal(await this.#errorOf(second, request), second, request);
  }

  /** As `request`, reading the XML of the answer. Returns the root's name: a refusal may come with status 200. */
  async requestXml(request: S3Request, onElement: OnElement): Promise<S3Answer & { root: string }> {
    const answer = await this.request(request);
    const error = { status: answer.status, code: '', message: '', region: '' };
    const reader = createXmlReader((name, text, parent) => {
      if (parent === 'Error') noteError(error, name, text);
      onElement(name, text, parent);
    });
    const limits = { host: this.settings.endpoint.host, maxBytes: MAX_XML_BYTES };
    // While it arrives: a page of a listing is never here as a whole.
    for await (const piece of receivedPieces(answer, limits, request.signal)) reader.write(piece);
    const root = reader.end();
    if (root === 'Error') throw this.#refusal(error, answer, request);
    return { ...answer, root };
  }

  /** Whether anything at all answers at the bucket's address, and what time it is there. Throws network failures. */
  async reach(bucket: string, signal: AbortSignal): Promise<void> {
    const { origin, host } = bucketAddress(this.settings, bucket);
    try {
      // Not HEAD: Ceph ends its answer to that with a chunk, and a front that keeps connections takes this for the next answer.
      const { body, headers } = await exchange(this.#agent, { origin, path: '/', method: 'GET' }, signal);
      body.destroy();
      this.#learnClock(headers);
    } catch (thrown) {
      throw networkFailure(thrown, host, signal, { field: 'options.endpoint' });
    }
  }

  /** A URL with which anybody may read the object, as long as the keys live at most. */
  async readUrl(bucket: string, key: string, lifetimeMs: number): Promise<string> {
    const { origin, host, path: bucketPath } = bucketAddress(this.settings, bucket);
    const path = `${bucketPath}/${encodePath(key)}`;
    const lifetimeS = Math.min(MAX_LIFETIME_S, Math.max(1, Math.floor(lifetimeMs / 1_000)));
    const signer = this.#heldSigner() ?? (await this.#fetchSigner(new AbortController().signal));
    return `${origin}${path}?${signer.readQuery({ path, host, lifetimeS, timestamp: this.#timestamp() })}`;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(request: S3Request, signer: Signer): Promise<S3Answer> {
    const { origin, host, path: bucketPath } = bucketAddress(this.settings, request.bucket);
    const path = `${bucketPath}/${encodePath(request.key)}`;
    const query = queryOf(request.query);
    const { body } = request;
    const payload = body?.payload ?? EMPTY_PAYLOAD;
    const timestamp = this.#timestamp();
    const { sessionToken } = signer.credentials;
    const headers: Record<string, string> = {
      ...request.headers,
      'x-amz-content-sha256': payload,
      'x-amz-date': timestamp,
      ...(sessionToken === null ? {} : { 'x-amz-security-token': sessionToken }),
      ...(body === undefined ? {} : { 'content-length': String(body.sizeBytes) }),
    };
    const signed: Record<string, string> = { host };
    for (const [name, value] of Object.entries(headers)) if (SIGNED_HEADER.test(name)) signed[name] = value;
    headers.authorization = signer.authorization({
      method: request.method,
      path,
      query,
      headers: signed,
      payload,
      timestamp,
    });
    try {
      const sent = {
        origin,
        path: query === '' ? path : `${path}?${query}`,
        method: request.method,
        headers,
        body: wireBody(body),
        // undici would close the connection after every HEAD, in case a server sends a body that it must not send.
        reset: false,
      };
      return await exchange(this.#agent, sent, request.signal);
    } catch (thrown) {
      throw networkFailure(thrown, host, request.signal);
    }
  }

  async #errorOf(answer: S3Answer, request: S3Request): Promise<S3Error> {
    return parseError(request.method === 'HEAD' ? '' : await this.#text(answer, request), answer.status);
  }

  #refusal(error: S3Error, answer: S3Answer, request: S3Request): Error {
    const { endpoint, credentials } = this.settings;
    const who = { host: endpoint.host, ownsKeys: credentials.from === 'keys' };
    return s3Failure(error, answer.headers, who, request.deed);
  }

  /** Whether the refusal taught something that another try can use. */
  #mend({ code }: S3Error, answer: S3Answer, signer: Signer): boolean {
    if (code === 'RequestTimeTooSkewed') return this.#learnClock(answer.headers);
    return isExpired(code) && this.#credentials.drop(signer.credentials);
  }

  #timestamp(): string {
    return signatureTime(Date.now() + this.#clockOffsetMs);
  }

  /** Apart from fetching, so that nothing is awaited where the keys are at hand: on the path of every small asset. */
  #heldSigner(): Signer | null {
    const held = this.#credentials.held();
    return held === null ? null : this.#signerOf(held);
  }

  async #fetchSigner(signal: AbortSignal): Promise<Signer> {
    return this.#signerOf(await this.#credentials.fetch(signal));
  }

  #signerOf(credentials: Credentials): Signer {
    if (this.#signer?.credentials !== credentials) this.#signer = new Signer(credentials, this.settings.region);
    return this.#signer;
  }

  #text(answer: S3Answer, request: S3Request): Promise<string> {
    const { host } = this.settings.endpoint;
    return receivedText(answer, { host, maxBytes: MAX_XML_BYTES }, request.signal);
  }

  /** False when the answer does not tell the time, or it is the one that we had. */
  #learnClock(headers: ResponseHeaders): boolean {
    const serviceMs = Date.parse(headerOf(headers, 'date') ?? '');
    if (Number.isNaN(serviceMs)) return false;
    const offsetMs = serviceMs - Date.now();
    const isNews = Math.abs(offsetMs - this.#clockOffsetMs) > 1_000;
    this.#clockOffsetMs = offsetMs;
    return isNews;
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** A refusal whose body is no XML (a proxy's page, an empty HEAD) is known by its status alone. */
function parseError(xml: string, status: number): S3Error {
  const found = { status, code: '', message: '', region: '' };
  if (!xml.trimStart().startsWith('<')) return found;
  try {
    readXml(xml, (name, text) => noteError(found, name, text));
  } catch {
    // The status is enough to say what happened; an unreadable page adds nothing.
    return { status, code: '', message: '', region: '' };
  }
  return found;
}

function noteError(error: { code: string; message: string; region: string }, name: string, text: string): void {
  if (name === 'Code') error.code = text;
  else if (name === 'Message') error.message = text;
  else if (name === 'Region') error.region = text;
}

function queryOf(query: S3Request['query']): string {
  if (query === undefined) return '';
  return Object.keys(query)
    .sort()
    .map((name) => `${name}=${encodeQueryPart(query[name] ?? '')}`)
    .join('&');
}

function wireBody(body: S3Body | undefined): Uint8Array | Readable | null {
  if (body === undefined) return null;
  return typeof body.bytes === 'function' ? Readable.from(body.bytes(), { objectMode: false }) : body.bytes;
}
