/**
 * Owns a web server that gives out the first part of a body and keeps the rest until it is told, so that a spec waits
 * for conditions and not for time. Loopback only. Used by specs that interrupt transfers.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HeldAsset {
  /** Without a slash in front. */
  readonly key: string;
  readonly bytes: Buffer;
  /** Which part of the bytes is given out before it waits, 0 to 1. */
  readonly heldAt: number;
}

export interface HeldServer {
  /** Of the folder that holds all assets; ends with a slash. */
  readonly address: string;
  /** Keys whose body waits now. */
  underway(): string[];
  /** How often the asset was asked for, whether or not it was given out whole. */
  asked(key: string): number;
  /** How often the asset was given out whole. */
  served(key: string): number;
  /** Lets the rest of a body go, now and for later requests. */
  release(...keys: string[]): void;
  releaseAll(): void;
  stop(): Promise<void>;
}

export async function startHeldServer(assets: readonly HeldAsset[]): Promise<HeldServer> {
  const known = new Map(assets.map((asset) => [asset.key, asset]));
  const asked = new Map<string, number>();
  const served = new Map<string, number>();
  const released = new Set<string>();
  const held = new Map<ServerResponse, { readonly key: string; finish(): void }>();

  const server = createServer((request, response) => {
    const key = decodeURIComponent((request.url ?? '/').slice(1));
    const asset = known.get(key);
    if (asset === undefined) return void response.writeHead(404).end();
    const { bytes, heldAt } = asset;
    response.writeHead(200, {
      'Content-Length': bytes.length,
      'Content-Type': 'application/octet-stream',
      ETag: `"${createHash('md5').update(bytes).digest('hex')}"`,
    });
    if (request.method !== 'GET') return void response.end();
    count(asked, key);
    const stop = Math.floor(bytes.length * heldAt);
    response.write(bytes.subarray(0, stop));
    const finish = () => {
      held.delete(response);
      response.end(bytes.subarray(stop), () => count(served, key));
    };
    if (released.has(key)) return finish();
    held.set(response, { key, finish });
    response.on('close', () => held.delete(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const release = (...keys: string[]) => {
    for (const key of keys) released.add(key);
    for (const { key, finish } of [...held.values()]) if (released.has(key)) finish();
  };
  return {
    address: `http://127.0.0.1:${port}/`,
    underway: () => [...held.values()].map(({ key }) => key),
    asked: (key) => asked.get(key) ?? 0,
    served: (key) => served.get(key) ?? 0,
    release,
    releaseAll: () => release(...known.keys()),
    stop: () => stopServer(server),
  };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

async function stopServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
