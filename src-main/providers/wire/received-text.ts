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

/** Throws `unexpected` when the answer is longer than it may be, and `network` when it ends early. */
export async function receivedText(
  {
    headers,
    body,
  }: { readonly headers: ResponseHeaders; readonly body: AsyncIterable<Uint8Array> & { destroy(): unknown } },
  { host, maxBytes }: TextLimits,
  signal: AbortSignal,
): Promise<string> {
  const promised = { sizeBytes: contentLengthOf(headers), skipBytes: 0, goesOn: false, host };
  const chunks: Uint8Array[] = [];
  let count = 0;
  for await (const chunk of receivedChunks(body, promised, signal)) {
    chunks.push(chunk);
    count += chunk.byteLength;
    if (count > maxBytes) {
      body.destroy();
      fail('unexpected', `${host} answers with more than ${maxBytes} bytes where a short text belongs.`);
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}
