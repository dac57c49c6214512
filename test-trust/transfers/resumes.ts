/**
 * Owns large copies that are interrupted again and again: what goes over the wire beyond the asset itself must stay
 * below what was in flight at each kill. Downloads go on by ranges, uploads by parts; the servers count. Called by
 * run-trust-tests.ts.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrialTable } from '../trial-table.ts';
import { LARGE_BYTES } from './exactly-once.ts';
import { startMeasuredSource } from './measured-source.ts';
import { TransferHouse } from './transfer-house.ts';

const MIB = 1024 * 1024;
/** Parts in flight times their size (src-main/providers/s3). */
const UPLOAD_LIMIT_BYTES = 4 * 16 * MIB;
/** Two blocks on their way to the spool, and what stands in sockets. */
const DOWNLOAD_LIMIT_BYTES = 4 * MIB;
const DOWNLOAD_BYTES = 64 * MIB;
const KILLS_EACH = 5;
const END_LIMIT_MS = 120_000;

interface Extra {
  readonly worstBytes: number;
  readonly failures: readonly string[];
}

export async function runResumes(table: TrialTable, kills: number): Promise<void> {
  const copies = Math.ceil(kills / 2 / KILLS_EACH);
  const uploads: Extra[] = [];
  const downloads: Extra[] = [];
  const here = await TransferHouse.open();
  try {
    for (let copy = 1; copy <= copies; copy += 1) {
      downloads.push(await download(here, `film ${copy}.bin`));
      uploads.push(await upload(here, `film ${copy}.bin`));
    }
  } finally {
    await here.close();
  }
  const add = (what: string, extras: readonly Extra[]): void =>
    table.add({
      guarantee: 'G8',
      what,
      trials: extras.length * KILLS_EACH,
      worst: `${(Math.max(...extras.map(({ worstBytes }) => worstBytes)) / MIB).toFixed(1)} MiB`,
      failures: extras.flatMap(({ failures }) => failures),
    });
  add(`a killed download of ${DOWNLOAD_BYTES / MIB} MiB repeats at most ${DOWNLOAD_LIMIT_BYTES / MIB} MiB`, downloads);
  add('a killed upload in parts repeats at most the 4 parts of 16 MiB in flight', uploads);
}

/** Web to disk: the source counts what it sent. */
async function download(here: TransferHouse, name: string): Promise<Extra> {
  const bytes = randomBytes(DOWNLOAD_BYTES);
  const source = await startMeasuredSource({ bytes, chunkBytes: 256 * 1024, pauseMs: 8 });
  try {
    const [jobId = 0] = await here.copy(here.web(source.address), here.disk('to'), [
      { sourceKey: name, destinationKey: name, sizeBytes: bytes.length },
    ]);
    const step = bytes.length / (KILLS_EACH + 1);
    const worst = await interrupt(here, jobId, () => source.sentBytes(), step, DOWNLOAD_LIMIT_BYTES);
    const landed = readFileSync(join(here.folder, 'to', name));
    return judge(name, landed.equals(bytes), worst, source.sentBytes() - bytes.length, DOWNLOAD_LIMIT_BYTES);
  } finally {
    await source.stop();
  }
}

/** Disk to S3: the service counts what arrived. */
async function upload(here: TransferHouse, name: string): Promise<Extra> {
  const bytes = randomBytes(LARGE_BYTES);
  const folder = join(here.folder, 'large');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), bytes);
  const beforeBytes = here.s3.receivedBytes;
  here.s3.watch = (moment) => (moment === 'stored' ? pause(150) : undefined);
  const [jobId = 0] = await here.copy(here.disk('large'), here.bucket('to'), [
    { sourceKey: name, destinationKey: name, sizeBytes: bytes.length },
  ]);
  const arrived = () => here.s3.receivedBytes - beforeBytes;
  const worst = await interrupt(here, jobId, arrived, bytes.length / (KILLS_EACH + 1), UPLOAD_LIMIT_BYTES);
  here.s3.watch = () => undefined;
  const landed = here.s3.buckets.get('to')?.get(name)?.bytes;
  here.s3.buckets.get('to')?.delete(name);
  return judge(name, landed?.equals(bytes) === true, worst, arrived() - bytes.length, UPLOAD_LIMIT_BYTES);
}

/**
 * Kills whenever another `stepBytes` went over, house and workers in turn, and lets it end. How much was lost by each
 * kill is only known at the end; here it is bounded by their sum.
 */
async function interrupt(
  here: TransferHouse,
  jobId: number,
  countBytes: () => number,
  stepBytes: number,
  limitBytes: number,
): Promise<readonly string[]> {
  const failures: string[] = [];
  for (let kill = 1; kill <= KILLS_EACH; kill += 1) {
    const targetBytes = countBytes() + stepBytes * (0.3 + 0.6 * Math.random());
    while (countBytes() < targetBytes && here.states([jobId])[0] !== 'completed') await pause(2);
    // A job that took three workers with it is set aside; the app's own end is not its fault.
    if (kill % 2 === 0 && kill <= 4) await here.killWorkers();
    else await here.killHouse();
  }
  const states = await here.ended([jobId], END_LIMIT_MS);
  if (states[0] !== 'completed') failures.push(`it ended as ${states[0]}, limit ${limitBytes}`);
  return failures;
}

function judge(
  name: string,
  isRight: boolean,
  wrong: readonly string[],
  extraBytes: number,
  limitBytes: number,
): Extra {
  const failures = wrong.map((what) => `${name}: ${what}`);
  const eachBytes = extraBytes / KILLS_EACH;
  if (!isRight) failures.push(`${name} is not what the source holds.`);
  if (eachBytes > limitBytes)
    failures.push(`${name}: ${Math.round(extraBytes / MIB)} MiB more than it has, in ${KILLS_EACH} kills.`);
  return { worstBytes: eachBytes, failures };
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
