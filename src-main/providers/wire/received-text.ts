/**
 * Owns short answers that are read whole: errors, listings, tokens. Must not know their format. Called by s3 and gcs.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { receivedChunks } from './received-body.ts';
import { contentLengthOf, type ResponseHeaders } from './response-headers.ts';

export interface TextLimits {
  /** Names the other side in messages. */
  readonly host: string;
  readonly maxBytes: number;
}

interface ShortAnswer {
  readonly headers: ResponseHeaders;
  readonly body: AsyncIterable<Uint8Array> & { destroy(): unknown };
}

/** Throws `unexpected` when the answer is longer than it may be, and `network` when it ends early. */
export async function receivedText(answer: ShortAnswer, limits: TextLimits, signal: AbortSignal): Promise<string> {
  let text = '';
  for await (const piece of receivedPieces(answer, limits, signal)) text += piece;
  return text;
}

/** As they come, for what is read while it arrives. Throws as `receivedText` does. */
export async function* receivedPieces(
  { headers, body }: ShortAnswer,
  { host, maxBytes }: TextLimits,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const promised = { sizeBytes: contentLengthOf(headers), skipBytes: 0, goesOn: false, host };
  const decoder = new TextDecoder();
  let count = 0;
  for await (const chunk of receivedChunks(body, promised, signal)) {
    count += chunk.byteLength;
    if (count > maxBytes) {
      body.destroy();
      fail('unexpected', `${host} answers with more than ${maxBytes} bytes where a short text belongs.`);
    }
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}
