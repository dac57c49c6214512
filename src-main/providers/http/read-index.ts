/**
 * Owns one index page: ask for it, make sure it is one, read it while it arrives. Called by walk-index.ts and
 * check-http.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { receivedChunks } from '../wire/received-body.ts';
import { contentLengthOf, endsUnmarked, headerOf } from '../wire/response-headers.ts';
import { type Address, addressText, shownAddress } from './address.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import { httpFailure } from './http-failure.ts';
import { htmlIndex, type IndexEntry, type IndexReader, jsonIndex } from './index-links.ts';

/** A page with a million links has about 100 bytes for each; more than this is not a page but a mistake. */
const MAX_INDEX_BYTES = 128 * 1024 * 1024;
/** How a whole page of HTML or JSON ends. */
const PAGE_END = /(?:<\/html>|\])\s*$/i;
/** White space may follow it. */
const MAX_TAIL_CHARACTERS = 1_000;

/** Entries of the folder, each once, in the page's order. Throws `unsupported` when the answer is no index page. */
export async function readIndex(
  client: HttpClient,
  folder: Address,
  signal: AbortSignal,
): Promise<readonly IndexEntry[]> {
  const answer = await client.request('GET', folder, { accept: 'text/html, application/json' }, signal);
  try {
    assertIndex(answer, folder);
    const reader = readerFor(answer, folder);
    const decoder = new TextDecoder();
    const promised = { sizeBytes: contentLengthOf(answer.headers), skipBytes: 0, goesOn: false, host: folder.origin };
    let count = 0;
    let tail = '';
    const take = (text: string): void => {
      reader.write(text);
      tail = (tail + text).slice(-MAX_TAIL_CHARACTERS);
    };
    for await (const chunk of receivedChunks(answer.body, promised, signal)) {
      count += chunk.byteLength;
      if (count > MAX_INDEX_BYTES) {
        fail('too-large', `The index of ${addressText(folder)} has more than ${MAX_INDEX_BYTES} bytes.`);
      }
      take(decoder.decode(chunk, { stream: true }));
    }
    take(decoder.decode());
    if (endsUnmarked(answer.headers) && !PAGE_END.test(tail)) {
      fail('network', `The index of ${addressText(folder)} does not say where it ends, and seems to be cut.`);
    }
    return reader.end();
  } finally {
    answer.body.destroy();
  }
}

function assertIndex(answer: HttpAnswer, folder: Address): void {
  const asked = addressText(folder);
  if (answer.status !== 200) {
    const { failure } = httpFailure(answer.status, answer.headers, folder);
    fail(failure.code, failure.message, { ...failure, field: 'container' });
  }
  if (addressText(answer.address) !== asked) {
    fail('invalid-input', `${asked} redirects to ${shownAddress(answer.address)}.`, {
      field: 'container',
      hint: 'Enter that address instead.',
    });
  }
  const encoding = headerOf(answer.headers, 'content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    fail('unsupported', `The index of ${asked} comes compressed (${encoding}) although that was refused.`);
  }
}

function readerFor(answer: HttpAnswer, folder: Address): IndexReader {
  const type = headerOf(answer.headers, 'content-type') ?? '';
  if (/^(text\/html|application\/xhtml\+xml)\b/i.test(type)) return htmlIndex(folder);
  if (/^application\/json\b/i.test(type)) return jsonIndex(folder);
  return fail('unsupported', `${addressText(folder)} is not an index page: its content type is "${type}".`, {
    field: 'container',
    hint: 'Enter the address of a folder whose index the server shows, or give a list of addresses.',
  });
}
