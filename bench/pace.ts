/**
 * Measures how the whole product keeps to what it is told: to Retry-After of a server that is busy for a third of its
 * requests, with two migrations on it, and to a bandwidth cap that is changed while transfers run. Run as
 * `node bench/pace.ts`; prints one line of JSON for each.
 */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startHouse } from '../src-main/compose.ts';
import { forkWorker } from '../src-main/node-ports/fork-worker.ts';
import { nodeClock } from '../src-main/node-ports/node-clock.ts';
import { nodeDisk } from '../src-main/node-ports/node-disk.ts';
import { nodeRng } from '../src-main/node-ports/node-rng.ts';
import { openProfile } from '../src-main/node-ports/profile-paths.ts';
import { createSessionSecrets } from '../src-main/node-ports/session-secrets.ts';
import type { Log } from '../src-main/ports.ts';
import type { Patch } from '../src-shared/contract/channel.ts';

const log: Log = { info() {}, warn() {}, error: console.error };
const folder = mkdtempSync(join(tmpdir(), 'transship-pace-'));
const house = await startHouse({
  clock: nodeClock,
  rng: nodeRng,
  log,
  telemetry: () => undefined,
  paths: openProfile(join(folder, 'profile')),
  secrets: createSessionSecrets('bench'),
  spawnWorker: forkWorker(fileURLToPath(new URL('../src-main/worker/worker-entry.ts', import.meta.url)), log),
  disk: nodeDisk,
  desktop: null,
  door: 'headless',
  version: 'bench',
});
const widths: (number | null)[] = [];
const rates: { readonly read: number; readonly written: number }[] = [];
function hear({ lanes, throughput }: Pick<Patch, 'lanes' | 'throughput'>): void {
  const width = lanes?.[0]?.width;
  if (width !== undefined && width !== widths.at(-1)) widths.push(width);
  if (throughput !== undefined) {
    rates.push({ read: throughput.readBytesPerSecond, written: throughput.writtenBytesPerSecond });
  }
}
const session = house.openSession((message) => {
  if (message.type === 'patch') hear(message.patch);
});
session.receive({ type: 'subscribe' });

async function serve(answer: RequestListener): Promise<{ address: string; stop: () => void }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const options = { allowPrivateAddresses: 'true' };
const busy = await house.call('account.save', { provider: 'http', name: 'busy', options, secrets: {} });
const calm = await house.call('account.save', { provider: 'http', name: 'calm', options, secrets: {} });

/** A migration of so many named assets of the server; resolves to its id. */
async function submit(
  { accountId, address, name }: { readonly accountId: string; readonly address: string; readonly name: string },
  assets: number,
  sizeBytes: number,
): Promise<number> {
  const { migrationId } = await house.call('jobs.enqueue', {
    source: { accountId, container: address, prefix: '' },
    destination: { accountId: 'this-computer', container: mkdtempSync(join(folder, 'target-')), prefix: '' },
    policies: { overwrite: 'always', minimumProof: 'size-only' },
    queue: 'default',
    assets: Array.from({ length: assets }, (_, index) => ({ sourceKey: `${name}-${index}`, sizeBytes })),
  });
  return migrationId;
}

async function ended(...migrationIds: readonly number[]): Promise<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const migrationId of migrationIds) {
    let view = await house.call('migration.get', { migrationId });
    for (; view.finishedAtMs === null; view = await house.call('migration.get', { migrationId })) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (const [state, count] of Object.entries(view.counts)) total[state] = (total[state] ?? 0) + count;
  }
  return total;
}

/** Every third request is refused for a second. */
async function measureBusyServer(): Promise<void> {
  const body = Buffer.alloc(32 * 1024, 1);
  /** When an asset may be asked for again. */
  const allowedAtMs = new Map<string, number>();
  let requests = 0;
  let refused = 0;
  let early = 0;
  let atOnce = 0;
  let mostAtOnce = 0;
  const server = await serve((request, response) => {
    requests += 1;
    const nowMs = performance.now();
    const asset = request.url ?? '';
    if (nowMs < (allowedAtMs.get(asset) ?? 0)) early += 1;
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.on('close', () => {
      atOnce -= 1;
    });
    if (requests % 3 === 0) {
      refused += 1;
      allowedAtMs.set(asset, nowMs + 1_000);
      response.writeHead(503, { 'retry-after': '1' }).end();
    } else {
      setTimeout(() => {
        response
          .writeHead(200, { 'content-length': body.length, etag: '"1"' })
          .end(request.method === 'HEAD' ? '' : body);
      }, 20);
    }
  });
  const startedAtMs = performance.now();
  const counts = await ended(
    await submit({ accountId: busy.id, address: server.address, name: 'one' }, 20, body.length),
    await submit({ accountId: busy.id, address: server.address, name: 'two' }, 20, body.length),
  );
  const tookSeconds = (performance.now() - startedAtMs) / 1_000;
  server.stop();
  const { completed, failed } = counts;
  console.log(
    JSON.stringify({ busyServer: { completed, failed, requests, refused, early, mostAtOnce, widths, tookSeconds } }),
  );
}

/** Two migrations under a cap that is doubled on the way; then the same without a cap. */
async function measureCap(): Promise<void> {
  const sizeBytes = 24_000_000;
  const chunk = Buffer.alloc(64 * 1024, 2);
  const server = await serve((request, response) => {
    response.writeHead(200, { 'content-length': sizeBytes, etag: '"2"' });
    if (request.method === 'HEAD') return void response.end();
    let left = sizeBytes;
    const more = (): void => {
      while (left > 0) {
        const part = chunk.subarray(0, Math.min(left, chunk.length));
        left -= part.length;
        if (!response.write(part)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  const caps: (number | null)[] = [4_000_000, 8_000_000, null];
  let spoolMost = 0;
  const look = setInterval(() => {
    const spool = join(folder, 'profile', 'spool');
    const used = readdirSync(spool).reduce(
      (sum, name) => sum + (statSync(join(spool, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
    spoolMost = Math.max(spoolMost, used);
  }, 250);
  await house.call('settings.update', { spoolBudgetBytes: 200_000_000 });
  const change = (cap: number | null) =>
    house.call('settings.update', { bandwidthCap: cap === null ? null : { bytesPerSecond: cap } });
  await change(caps[0] ?? null);
  const ids = [
    await submit({ accountId: calm.id, address: server.address, name: 'three' }, 7, sizeBytes),
    await submit({ accountId: calm.id, address: server.address, name: 'four' }, 7, sizeBytes),
  ];
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  for (const cap of caps) {
    await change(cap);
    // The second in which it changes belongs to neither.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    rates.length = 0;
    if (cap === null) break;
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    const reads = rates.map(({ read }) => read);
    const mean = reads.reduce((sum, rate) => sum + rate, 0) / reads.length;
    console.log(
      JSON.stringify({
        cap,
        seconds: reads.length,
        meanRead: Math.round(mean),
        ofCap: Number((mean / cap).toFixed(3)),
        most: Math.max(...reads),
        least: Math.min(...reads),
        meanWritten: Math.round(rates.reduce((sum, { written }) => sum + written, 0) / rates.length),
      }),
    );
  }
  const startedAtMs = performance.now();
  const { completed, failed } = await ended(...ids);
  clearInterval(look);
  server.stop();
  console.log(
    JSON.stringify({
      lifted: { completed, failed, restTookSeconds: (performance.now() - startedAtMs) / 1_000, spoolMost },
    }),
  );
}

await measureBusyServer();
await measureCap();
session.close();
await house.stop();
rmSync(folder, { recursive: true, force: true });
