/**
 * Owns a web server whose files come slowly, so that attempts are underway whenever something is killed; it knows what
 * it holds and how much of each file went out. Loopback only. Used by the kill suites.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlowSource {
  readonly address: string;
  /** The same bytes for the same name, always. */
  bytesOf(name: string): Buffer;
  /** When the last bytes of the file went out, by performance.now(); 0 when none did. */
  lastSentAtMs(name: string): number;
  stop(): Promise<void>;
}

export interface SlowSourceOptions {
  readonly sizeBytes: number;
  /** Each file comes in so many pieces, with a pause before each. */
  readonly pieces: number;
  readonly pauseMs: number;
}

export async function startSlowSource({ sizeBytes, pieces, pauseMs }: SlowSourceOptions): Promise<SlowSource> {
  const sent = new Map<string, number>();
  const bytesOf = (name: string): Buffer => noise(name, sizeBytes);
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '/').slice(1));
    const bytes = bytesOf(name);
    response.writeHead(200, {
      'Content-Length': bytes.length,
      ETag: `"${createHash('md5').update(bytes).digest('hex')}"`,
    });
    if (request.method !== 'GET') {
      response.end();
      return;
    }
    let piece = 0;
    const timer = setInterval(() => {
      const from = Math.floor((bytes.length * piece) / pieces);
      piece += 1;
      sent.set(name, performance.now());
      response.write(bytes.subarray(from, Math.floor((bytes.length * piece) / pieces)));
      if (piece < pieces) return;
      clearInterval(timer);
      response.end();
    }, pauseMs);
    response.on('close', () => clearInterval(timer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    bytesOf,
    lastSentAtMs: (name) => sent.get(name) ?? 0,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function noise(seed: string, sizeBytes: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(sizeBytes / 64) }, (_, index) =>
    createHash('sha512').update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, sizeBytes);
}
