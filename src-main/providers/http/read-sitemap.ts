/**
 * Owns one sitemap: ask for it, unpack it when it is packed, read it while it arrives. Called by walk-sitemap.ts.
 */
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { fail } from '../../../src-shared/model/failure.ts';
import { receivedChunks } from '../wire/received-body.ts';
import { contentLengthOf, headerOf } from '../wire/response-headers.ts';
import { type Address, shownAddress } from './address.ts';
import type { HttpClient } from './http-client.ts';
import { httpFailure } from './http-failure.ts';
import { type Sitemap, sitemapReader } from './sitemap-parser.ts';

/** By the protocol, unpacked. It also ends what was packed to become far more than it seems. */
const MAX_SITEMAP_BYTES = 50 * 1024 * 1024;

/** Throws `unsupported` when it is no sitemap, `too-large`, or what the server failed with. */
export async function readSitemap(client: HttpClient, address: Address, signal: AbortSignal): Promise<Sitemap> {
  const what = shownAddress(address);
  const answer = await client.request(
    'GET',
    address,
    { accept: 'application/xml, text/xml, application/gzip' },
    signal,
  );
  try {
    if (answer.status !== 200) {
      const { failure } = httpFailure(answer.status, answer.headers, address);
      fail(failure.code, failure.message, { ...failure, field: 'container' });
    }
    const encoding = headerOf(answer.headers, 'content-encoding') ?? 'identity';
    if (!['identity', 'gzip', 'x-gzip'].includes(encoding.toLowerCase())) {
      fail('unsupported', `${what} comes compressed (${encoding}) although that was refused.`, { field: 'container' });
    }
    const promised = { sizeBytes: contentLengthOf(answer.headers), skipBytes: 0, goesOn: false, host: address.origin };
    return await parse(unpacked(receivedChunks(answer.body, promised, signal), what), what);
  } finally {
    answer.body.destroy();
  }
}

async function parse(chunks: AsyncIterable<Uint8Array>, what: string): Promise<Sitemap> {
  const reader = sitemapReader(what);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      return fail('unsupported', `${what} is not written in UTF-8, as a sitemap must be.`, { field: 'container' });
    }
  };
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > MAX_SITEMAP_BYTES) {
      fail('too-large', `${what} has more than the ${MAX_SITEMAP_BYTES} bytes that a sitemap may have, unpacked.`, {
        field: 'container',
      });
    }
    reader.write(decode(chunk));
  }
  reader.write(decode());
  return reader.end();
}

/**
 * The bytes decide, not headers or names: servers send "sitemap.xml.gz" with and without Content-Encoding, and some
 * unpack it themselves.
 */
async function* unpacked(chunks: AsyncGenerator<Uint8Array, void, void>, what: string): AsyncGenerator<Uint8Array> {
  const first = await chunks.next();
  if (first.done === true) return;
  const whole = (async function* () {
    yield first.value;
    yield* chunks;
  })();
  if (first.value[0] !== 0x1f || (first.value[1] ?? 0x8b) !== 0x8b) {
    yield* whole;
    return;
  }
  let received: { readonly reason: unknown } | null = null;
  const watched = (async function* () {
    try {
      yield* whole;
    } catch (reason) {
      received = { reason };
      throw reason;
    }
  })();
  const gunzip = createGunzip();
  const pumping = pipeline(watched, gunzip);
  // Whoever reads `gunzip` hears of it.
  pumping.catch(() => undefined);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
    await pumping;
  } catch (thrown) {
    const failed: { readonly reason: unknown } | null = received;
    if (failed !== null) throw (failed as { readonly reason: unknown }).reason;
    if (!isZlibError(thrown)) throw thrown;
    fail('unsupported', `${what} is packed, and damaged: it cannot be unpacked.`, { field: 'container' });
  } finally {
    gunzip.destroy();
  }
}

function isZlibError(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_');
}
