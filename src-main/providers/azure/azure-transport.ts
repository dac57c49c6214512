/**
 * Owns how the library's requests go over the wire: over the house's own connections, without redirects. Must not retry
 * and must not know what blobs are. Made by azure-client.ts.
 */
import { Readable } from 'node:stream';
import type { HttpOperationResponse, IHttpClient, WebResource } from '@azure/storage-blob';
import type { Agent, Dispatcher } from 'undici';
import { fail } from '../../../src-shared/model/failure.ts';
import { openConnections } from '../wire/connections.ts';
import { networkFailure } from '../wire/network-failure.ts';
import { receivedChunks } from '../wire/received-body.ts';
import { contentLengthOf, headerOf, type ResponseHeaders } from '../wire/response-headers.ts';
import type { AzureSettings } from './azure-settings.ts';

/** A page of 5,000 blobs with long names and metadata is below 20 MB. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

export class AzureTransport implements IHttpClient {
  readonly #agent: Agent;
  /** Where a person mends an address at which nobody answers. */
  readonly #addressField: string;

  constructor({ fields, trust }: Pick<AzureSettings, 'fields' | 'trust'>) {
    this.#addressField = fields.address;
    this.#agent = openConnections({ trust });
  }

  async sendRequest(request: WebResource): Promise<HttpOperationResponse> {
    const { origin, host, pathname, search } = new URL(request.url);
    const signal = signalOf(request);
    signal.throwIfAborted();
    let answer: Dispatcher.ResponseData;
    try {
      answer = await this.#agent.request({
        origin,
        path: pathname + search,
        method: request.method,
        headers: request.headers.rawHeaders(),
        body: bodyOf(request),
        // undici would close the connection after every HEAD, in case a server sends a body that it must not send.
        reset: false,
        signal,
      });
    } catch (thrown) {
      throw networkFailure(thrown, host, signal, { field: this.#addressField });
    }
    const { statusCode: status, headers, body } = answer;
    // An answer that nobody reads any more may break off; whoever reads it gets the error from the iteration.
    body.on('error', () => undefined);
    if (status >= 300 && status < 400 && status !== 304) {
      body.destroy();
      fail('unsupported', `${host} sends requests to another address.`, { field: this.#addressField });
    }
    const head = { request, status, headers: headersLike(request, headers) };
    if (request.streamResponseStatusCodes?.has(status) === true) return { ...head, readableStreamBody: body };
    if (request.method === 'HEAD') {
      body.resume();
      return head;
    }
    return { ...head, bodyAsText: await textOf(body, headers, host, signal) };
  }

  /** Whether anything at all answers there. Throws network failures. */
  async reach(address: URL, signal: AbortSignal): Promise<void> {
    try {
      const { body } = await this.#agent.request({ origin: address.origin, path: '/', method: 'HEAD', signal });
      body.on('error', () => undefined).destroy();
    } catch (thrown) {
      throw networkFailure(thrown, address.host, signal, { field: this.#addressField });
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** The library's type of a signal knows less than the one that we gave it. */
function signalOf({ abortSignal }: WebResource): AbortSignal {
  if (abortSignal instanceof AbortSignal) return abortSignal;
  throw new TypeError('A request to Azure has no signal.');
}

function bodyOf({ body }: WebResource): string | Uint8Array | Readable | null {
  const opened: unknown = typeof body === 'function' ? body() : (body ?? null);
  if (opened === null || typeof opened === 'string') return opened;
  if (opened instanceof Uint8Array || opened instanceof Readable) return opened;
  throw new TypeError('A request to Azure has a body of another kind.');
}

/** The library makes its type of headers itself only; a copy of the request's is one. */
function headersLike(request: WebResource, received: ResponseHeaders): HttpOperationResponse['headers'] {
  const headers = request.headers.clone();
  for (const name of headers.headerNames()) headers.remove(name);
  for (const name of Object.keys(received)) headers.set(name, headerOf(received, name) ?? '');
  return headers;
}

async function textOf(
  body: AsyncIterable<Uint8Array>,
  headers: ResponseHeaders,
  host: string,
  signal: AbortSignal,
): Promise<string> {
  const promised = { sizeBytes: contentLengthOf(headers), skipBytes: 0, goesOn: false, host };
  const chunks: Uint8Array[] = [];
  let count = 0;
  for await (const chunk of receivedChunks(body, promised, signal)) {
    count += chunk.byteLength;
    if (count > MAX_TEXT_BYTES) {
      fail('unexpected', `${host} answers with more than ${MAX_TEXT_BYTES} bytes where a short text belongs.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
