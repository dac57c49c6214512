/**
 * Owns servers that ask for a wait, or refuse for good: nobody may be asked again too early, and what is refused for good
 * not at all. In real time, with real requests. Called by run-trust-tests.ts.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askDatabase, until } from '../kills/house-process.ts';
import type { TrialTable } from '../trial-table.ts';
import { TransferHouse } from './transfer-house.ts';

const END_LIMIT_MS = 90_000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** The wait of a job is counted from when its failure is written down, not from when the answer went out. */
const SETTLE_MS = 5_000;

/** From a moment on: what the header says, and how long that is. */
type AskWait = (nowMs: number) => { readonly header: string | null; readonly forMs: number };

const seconds =
  (count: number): AskWait =>
  () => ({ header: String(count), forMs: count * 1_000 });
/** Whole seconds, as the format has them. */
const date =
  (count: number): AskWait =>
  (nowMs) => {
    const untilMs = Math.ceil(nowMs / 1_000 + count) * 1_000;
    return { header: new Date(untilMs).toUTCString(), forMs: Math.max(0, untilMs - nowMs) };
  };
const text =
  (header: string | null): AskWait =>
  () => ({ header, forMs: 0 });

interface Refusal {
  readonly status: number;
  readonly wait: AskWait;
  readonly kind: 'passing' | 'lasting' | 'absurd';
}

const REFUSALS: readonly Refusal[] = [
  ...[408, 429, 500, 502, 503, 504].flatMap((status) =>
    [seconds(3), date(4), date(-100), text('-5'), text('soon'), text(null)].map(
      (wait): Refusal => ({ status, wait, kind: 'passing' }),
    ),
  ),
  ...[400, 403, 404, 405, 410, 413].map((status): Refusal => ({ status, wait: seconds(1), kind: 'lasting' })),
  ...[429, 500, 503].map((status): Refusal => ({ status, wait: seconds(1_000_000_000), kind: 'absurd' })),
];

interface Asked {
  readonly atMs: number;
  readonly forMs: number;
}

export async function runWaits(table: TrialTable): Promise<void> {
  const here = await TransferHouse.open();
  const asked = new Map<string, Asked[]>();
  const server = await startRefusing(asked);
  const failures: string[] = [];
  let soonestMs = Number.POSITIVE_INFINITY;
  try {
    // An account that is asked to wait waits as a whole: each has one of its own.
    const jobs: number[] = [];
    for (const [index] of REFUSALS.entries()) {
      const place = await here.anotherWeb(server.address);
      const key = `asset-${index}.bin`;
      jobs.push(...(await here.copy(place, here.disk('to'), [{ sourceKey: key, destinationKey: key }])));
    }
    const ending = jobs.filter((_, index) => REFUSALS[index]?.kind !== 'absurd');
    const states = await here.ended(ending, END_LIMIT_MS);
    for (const [index, refusal] of REFUSALS.entries()) {
      const times = asked.get(`asset-${index}.bin`) ?? [];
      const name = `${refusal.status} with ${refusal.wait(Date.now()).header ?? 'no Retry-After'}`;
      const [first, second] = times;
      if (refusal.kind === 'passing') {
        if (states[ending.indexOf(jobs[index] ?? 0)] !== 'completed')
          failures.push(`${name}: it did not come through.`);
        if (first === undefined || second === undefined) continue;
        const slackMs = second.atMs - first.atMs - first.forMs;
        if (first.forMs > 0) soonestMs = Math.min(soonestMs, slackMs);
        if (slackMs < 0) failures.push(`${name}: asked again ${-slackMs} ms too early.`);
      } else if (times.length !== 1) failures.push(`${name}: asked ${times.length} times.`);
      if (refusal.kind === 'absurd') failures.push(...judgeAbsurd(here, jobs[index] ?? 0, first, name));
    }
    failures.push(...(await refusedWrites(here)));
  } finally {
    await here.close();
    await server.stop();
  }
  table.add({
    guarantee: 'G21',
    what: 'in real time, over HTTP and S3: a wait is kept and capped at an hour, lasting refusals are not asked again',
    trials: REFUSALS.length + S3_REFUSALS.length,
    worst: Number.isFinite(soonestMs) ? `${soonestMs} ms to spare` : null,
    failures,
  });
}

/** It is to be tried again after an hour: no sooner, and no later. */
function judgeAbsurd(here: TransferHouse, jobId: number, first: Asked | undefined, name: string): string[] {
  const [job] = askDatabase(here.profile, 'SELECT state, not_before_ms FROM job WHERE id = ?', jobId);
  if (job?.state !== 'scheduled') return [`${name}: it is ${String(job?.state)}.`];
  const waitMs = Number(job.not_before_ms) - (first?.atMs ?? 0);
  return waitMs >= LONGEST_WAIT_MS && waitMs < LONGEST_WAIT_MS + SETTLE_MS ? [] : [`${name}: it waits ${waitMs} ms.`];
}

const S3_REFUSALS = [
  { status: 503, code: 'SlowDown', waitMs: 3_000 },
  { status: 500, code: 'InternalError', waitMs: 3_000 },
  { status: 503, code: 'InternalError', waitMs: 3_000 },
  { status: 403, code: 'AccessDenied', waitMs: null },
] as const;

async function refusedWrites(here: TransferHouse): Promise<string[]> {
  const failures: string[] = [];
  for (const [index, { status, code, waitMs }] of S3_REFUSALS.entries()) {
    const key = `object-${index}.bin`;
    here.plant('from', key, randomBytes(1_000));
    const askedAtMs: number[] = [];
    here.s3.watch = (moment, line) => {
      if (moment === 'asked' && line.startsWith('PUT /to/')) askedAtMs.push(Date.now());
    };
    const retryAfter = waitMs === null ? {} : { retryAfter: String(waitMs / 1_000) };
    here.s3.quirks = { refuses: { times: waitMs === null ? 9 : 1, status, code, method: 'PUT', ...retryAfter } };
    const policies = { overwrite: 'never', minimumProof: 'size-only' } as const;
    const job = { sourceKey: key, destinationKey: key };
    const jobIds = await here.copy(here.bucket('from'), here.bucket('to'), [job], policies);
    const [state] = await here.ended(jobIds, END_LIMIT_MS);
    here.s3.quirks = {};
    const [first = 0, second = 0] = askedAtMs;
    if (waitMs === null) {
      if (state !== 'failed' || askedAtMs.length !== 1)
        failures.push(`${code}: ${state}, asked ${askedAtMs.length} times.`);
    } else if (state !== 'completed') failures.push(`${status} ${code}: ${state}.`);
    else if (second - first < waitMs) failures.push(`${status} ${code}: asked again after ${second - first} ms.`);
  }
  await until('quiet', () => here.s3.uploads.size === 0, 5_000);
  return failures;
}

/** Refuses the first GET of each asset, or each, as `REFUSALS` says at its number. */
async function startRefusing(asked: Map<string, Asked[]>) {
  const server = createServer((request, response) => {
    const key = (request.url ?? '/').slice(1);
    const refusal = REFUSALS[Number(/\d+/.exec(key)?.[0] ?? -1)];
    const seen = asked.get(key) ?? [];
    if (request.method !== 'GET' || refusal === undefined || (refusal.kind === 'passing' && seen.length > 0)) {
      if (request.method === 'GET') asked.set(key, [...seen, { atMs: Date.now(), forMs: 0 }]);
      response.writeHead(200, { 'content-length': key.length, etag: `"${key}"` });
      response.end(request.method === 'GET' ? key : undefined);
      return;
    }
    const atMs = Date.now();
    const { header, forMs } = refusal.wait(atMs);
    asked.set(key, [...seen, { atMs, forMs }]);
    response.writeHead(refusal.status, header === null ? {} : { 'retry-after': header }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
