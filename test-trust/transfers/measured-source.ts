/**
 * Owns a web server of one large asset under every name, with ranges and a version, that sends slowly and counts what it
 * sent. Loopback only. Used by the suites about large copies.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface MeasuredSource {
  readonly address: string;
  sentBytes(): number;
  /** By performance.now(); 0 when none went out. */
  lastSentAtMs(): number;
  stop(): Promise<void>;
}

export interface MeasuredOptions {
  /** Its bytes, or how many zeros it has. */
  readonly bytes: Buffer | number;
  readonly chunkBytes: number;
  /** Before each chunk; 0: as fast as it is taken. */
  readonly pauseMs: number;
}

export async function startMeasuredSource({ bytes, chunkBytes, pauseMs }: MeasuredOptions): Promise<MeasuredSource> {
  const sizeBytes = typeof bytes === 'number' ? bytes : bytes.length;
  const zeros = Buffer.alloc(chunkBytes);
  let sent = 0;
  let lastSentAtMs = 0;
  const server = createServer(async (request, response) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const first = Number(range?.[1] ?? 0);
    const last = Math.min(sizeBytes - 1, Number(range?.[2] ?? sizeBytes - 1));
    response.writeHead(range === null ? 200 : 206, {
      etag: '"one-version"',
      'content-length': last - first + 1,
      ...(range === null ? {} : { 'content-range': `bytes ${first}-${last}/${sizeBytes}` }),
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    let isOver = false;
    response.on('close', () => {
      isOver = true;
    });
    for (let at = first; at <= last && !isOver; ) {
      if (pauseMs > 0) await sleep(pauseMs);
      if (isOver) return;
      const length = Math.min(chunkBytes, last - at + 1);
      const chunk = typeof bytes === 'number' ? zeros.subarray(0, length) : bytes.subarray(at, at + length);
      sent += length;
      lastSentAtMs = performance.now();
      at += length;
      // Also called when the connection is gone.
      await new Promise((resolve) => response.write(chunk, resolve));
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    sentBytes: () => sent,
    lastSentAtMs: () => lastSentAtMs,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
