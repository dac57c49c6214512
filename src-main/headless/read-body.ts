/** Owns reading a request's body of bounded size. Must not parse it. Used by http-door.ts and mount-calls.ts. */
import type { IncomingMessage } from 'node:http';

/** The body as text; null when it is larger than `mostBytes`, the rest of which is not read. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > mostBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
