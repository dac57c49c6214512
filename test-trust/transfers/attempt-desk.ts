/**
 * Owns a small world in which single attempts run against real providers: a web server and an S3 service that can be
 * made to misbehave, a folder, a spool. Does between two attempts what the engine does. Must not judge what comes out.
 * Used by corruptions.ts and rivals.ts.
 */

import { hash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTestServer } from '../../src-main/providers/http/http-test-server.ts';
import type { Provider } from '../../src-main/providers/provider.ts';
import { createProvider } from '../../src-main/providers/registry.ts';
import { S3Client } from '../../src-main/providers/s3/s3-client.ts';
import { S3Provider } from '../../src-main/providers/s3/s3-provider.ts';
import { s3Settings } from '../../src-main/providers/s3/s3-settings.ts';
import { S3TestServer } from '../../src-main/providers/s3/s3-test-server.ts';
import { createAbsenceGuess } from '../../src-main/worker/absence-guess.ts';
import { createAbsenceSurvey } from '../../src-main/worker/absence-survey.ts';
import { createApartNote } from '../../src-main/worker/apart-note.ts';
import { createMeter } from '../../src-main/worker/metering.ts';
import { UNCAPPED } from '../../src-main/worker/pace.ts';
import { runAttempt } from '../../src-main/worker/run-attempt.ts';
import { createUploadNote } from '../../src-main/worker/upload-note.ts';
import type { AttemptOrder, AttemptReport } from '../../src-shared/contract/worker-messages.ts';
import type { MigrationPolicies } from '../../src-shared/model/migration.ts';

export type Side = 'http' | 's3' | 'local';

/** Small enough that hundreds of transfers in parts and through spool files take seconds. */
const MEMORY_SPOOL_BYTES = 64 * 1024;
const PART_BYTES = 64 * 1024;
export const SMALL_BYTES = 30_000;
/** Five parts, and a spool file. */
export const LARGE_BYTES = 300_000;
const FROM = 'from';
const TO = 'to';

export interface Transfer {
  readonly from: Side;
  readonly to: Side;
  readonly key: string;
  /** As the listing saw it; null: it was not listed. */
  readonly versionToken: string | null;
  readonly policies: MigrationPolicies;
  /** Stands before the destination and may do something between its calls. */
  readonly wrap?: (destination: Provider) => Provider;
}

/** A provider with another way to write. */
export function withWrite(inner: Provider, write: Provider['write']): Provider {
  return {
    descriptor: inner.descriptor,
    list: (...given) => inner.list(...given),
    head: (...given) => inner.head(...given),
    open: (...given) => inner.open(...given),
    remove: (...given) => inner.remove(...given),
    check: (...given) => inner.check(...given),
    assertKey: (...given) => inner.assertKey(...given),
    giveUp: async (...given) => inner.giveUp?.(...given),
    close: () => inner.close(),
    write,
  };
}

export class AttemptDesk {
  readonly folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
  readonly spoolFolder = join(this.folder, 'spool');
  readonly http: HttpTestServer;
  readonly s3: S3TestServer;
  private readonly providers: Readonly<Record<Side, Provider>>;
  /** Job → mark of a large write that it left unfinished. */
  private readonly unfinished = new Map<string, string>();
  private readonly jobs = new Map<string, number>();
  private attempts = 0;

  private constructor(http: HttpTestServer, s3: S3TestServer, web: Provider, disk: Provider) {
    this.http = http;
    this.s3 = s3;
    const { accessKeyId, secretAccessKey, region } = s3.keys;
    const settings = s3Settings({
      options: { endpoint: s3.endpoint, region, accessKeyId },
      secrets: { secretAccessKey },
    });
    this.providers = { http: web, local: disk, s3: new S3Provider(new S3Client(settings), 2 * PART_BYTES, PART_BYTES) };
    for (const name of ['spool', FROM, TO]) mkdirSync(join(this.folder, name), { recursive: true });
    for (const name of [FROM, TO]) s3.buckets.set(name, new Map());
  }

  static async open(): Promise<AttemptDesk> {
    const web = await createProvider('http', { options: { allowPrivateAddresses: 'true' }, secrets: {} });
    const disk = await createProvider('local', { options: {}, secrets: {} });
    return new AttemptDesk(await HttpTestServer.start(), await S3TestServer.start(), web, disk);
  }

  /** New bytes for the key at the source; returned with the version that a listing would tell. */
  async offer(side: Side, key: string, sizeBytes: number): Promise<{ bytes: Buffer; versionToken: string | null }> {
    const bytes = randomBytes(sizeBytes);
    this.plant(side, FROM, key, bytes);
    const head = await this.providers[side].head(this.container(side, FROM), key, new AbortController().signal);
    return { bytes, versionToken: head?.versionToken ?? null };
  }

  /** What the source holds now; nothing where it has no such key. */
  sourceOf(side: Side, key: string): Buffer {
    if (side === 'http') return this.http.files.get(key)?.bytes ?? Buffer.alloc(0);
    return this.held(side, FROM, key) ?? Buffer.alloc(0);
  }

  /** What stands at the destination; null: nothing does. */
  landed(side: Side, key: string): Buffer | null {
    return this.held(side, TO, key);
  }

  /** At once, whatever is there: as another program would. */
  plant(side: Side, name: 'from' | 'to', key: string, bytes: Buffer): void {
    if (side === 'http') this.http.put(key, bytes);
    else if (side === 'local') writeFileSync(join(this.folder, name, key), bytes);
    else this.s3.buckets.get(name)?.set(key, { bytes, etag: hash('md5', bytes), headers: {} });
  }

  /** The next attempt at this transfer, by the provider's own failures. Never rejects. */
  async attempt({ from, to, key, versionToken, policies, wrap }: Transfer): Promise<AttemptReport> {
    this.attempts += 1;
    const job = `${to} ${key}`;
    const order: AttemptOrder = {
      jobId: this.jobId(job),
      token: `1.${this.attempts}`,
      source: { accountKey: from, container: this.container(from, FROM), key },
      destination: { accountKey: to, container: this.container(to, TO), key },
      sizeBytes: null,
      versionToken,
      unfinishedUpload: this.unfinished.get(job) ?? null,
      isApart: false,
      policies,
      queue: 'default',
      spoolRoomBytes: null,
      content: { headers: {}, metadata: 'keep', tags: 'drop', setTags: {}, storageClass: null, acl: null },
    };
    const { signal } = new AbortController();
    const note = createUploadNote(
      order.unfinishedUpload,
      (mark) => {
        this.unfinished.set(job, mark);
        queueMicrotask(() => note.confirm());
      },
      signal,
    );
    const apart = createApartNote(order.isApart, () => queueMicrotask(() => apart.confirm()), signal);
    const destination = this.providers[to];
    const report = await runAttempt({
      order,
      source: this.providers[from],
      destination: wrap?.(destination) ?? destination,
      absence: createAbsenceGuess(),
      survey: createAbsenceSurvey(),
      meter: createMeter(order.jobId, null),
      note,
      apart,
      pace: UNCAPPED,
      signal,
      patience: { answerMs: 5_000, stallMs: 5_000, slowMs: 5_000, copyMs: 5_000, graceMs: 100, writePauseMs: 5 },
      spoolFolder: this.spoolFolder,
      memorySpoolBytes: MEMORY_SPOOL_BYTES,
      warn: () => undefined,
    });
    if (report.kind === 'completed') this.unfinished.delete(job);
    return report;
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.providers).map((provider) => provider.close()));
    await Promise.all([this.http.stop(), this.s3.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private jobId(job: string): number {
    const id = this.jobs.get(job) ?? this.jobs.size + 1;
    this.jobs.set(job, id);
    return id;
  }

  private held(side: Side, name: string, key: string): Buffer | null {
    if (side === 's3') return this.s3.buckets.get(name)?.get(key)?.bytes ?? null;
    const path = join(this.folder, name, key);
    return existsSync(path) ? readFileSync(path) : null;
  }

  private container(side: Side, name: string): string {
    if (side === 'http') return `${this.http.origin}/`;
    return side === 's3' ? name : join(this.folder, name);
  }
}
