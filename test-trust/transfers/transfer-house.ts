/**
 * Owns a real house with an S3 account beside it, and what the transfer suites ask of it: copy these assets there, wait
 * for their end, end its workers. Must not know what is tried. Used by exactly-once.ts, resumes.ts, waits.ts, cancels of
 * large writes and the suites beside them.
 */
import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3TestServer } from '../../src-main/providers/s3/s3-test-server.ts';
import type { MigrationPolicies } from '../../src-shared/model/migration.ts';
import { askDatabase, type HouseProcess, startHouseProcess, until } from '../kills/house-process.ts';

export interface Place {
  readonly accountId: string;
  readonly container: string;
}

export interface CopyJob {
  readonly sourceKey: string;
  readonly destinationKey: string;
  readonly sizeBytes?: number;
}

const ENDED = new Set(['completed', 'skipped', 'failed', 'cancelled']);

export class TransferHouse {
  readonly folder: string;
  readonly profile: string;
  readonly s3: S3TestServer;
  house: HouseProcess;
  private s3Account = '';
  private webAccount = '';
  private accounts = 0;

  private constructor(folder: string, profile: string, s3: S3TestServer, house: HouseProcess) {
    this.folder = folder;
    this.profile = profile;
    this.s3 = s3;
    this.house = house;
  }

  /** `profileParent`: where the profile, and so the spool, is to be; the suite's own folder otherwise. */
  static async open(profileParent?: string): Promise<TransferHouse> {
    const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
    const profile = join(profileParent ?? folder, 'profile');
    mkdirSync(join(folder, 'to'));
    const s3 = await S3TestServer.start();
    for (const name of ['from', 'to']) s3.buckets.set(name, new Map());
    const made = new TransferHouse(folder, profile, s3, await startHouseProcess(profile));
    await made.prepare();
    return made;
  }

  private async prepare(): Promise<void> {
    const { accessKeyId, secretAccessKey, region } = this.s3.keys;
    const options = { endpoint: this.s3.endpoint, region, accessKeyId };
    const s3 = { provider: 's3', name: 'test service', options, secrets: { secretAccessKey } };
    this.s3Account = (await this.house.call('account.save', s3)).id;
    this.webAccount = await this.makeWebAccount();
  }

  private async makeWebAccount(): Promise<string> {
    this.accounts += 1;
    const name = `test web ${this.accounts}`;
    const web = { provider: 'http', name, options: { allowPrivateAddresses: 'true' }, secrets: {} };
    return (await this.house.call('account.save', web)).id;
  }

  bucket(name: 'from' | 'to'): Place {
    return { accountId: this.s3Account, container: name };
  }

  web(address: string): Place {
    return { accountId: this.webAccount, container: address };
  }

  /** By an account of its own. */
  async anotherWeb(address: string): Promise<Place> {
    return { accountId: await this.makeWebAccount(), container: address };
  }

  disk(name: string): Place {
    return { accountId: 'this-computer', container: join(this.folder, name) };
  }

  /** An object that is there, as if somebody else had put it. */
  plant(bucket: 'from' | 'to', key: string, bytes: Buffer): void {
    this.s3.buckets.get(bucket)?.set(key, { bytes, etag: hash('md5', bytes), headers: {} });
  }

  /** The ids of the jobs, in order. */
  async copy(
    source: Place,
    destination: Place,
    jobs: readonly CopyJob[],
    policies?: MigrationPolicies,
  ): Promise<readonly number[]> {
    const answer = await this.house.call('jobs.enqueue', {
      source: { ...source, prefix: '' },
      destination: { ...destination, prefix: '' },
      assets: jobs.map((job) => ({ ...job })),
      ...(policies === undefined ? {} : { policies }),
    });
    return answer.jobs.map(({ jobId }) => jobId);
  }

  states(jobIds: readonly number[]): readonly string[] {
    const rows = askDatabase(this.profile, `SELECT state FROM job WHERE id IN (${jobIds.join(',')}) ORDER BY id`);
    return rows.map(({ state }) => String(state));
  }

  /** Resolves with the states when all have ended; rejects when they do not in time. */
  async ended(jobIds: readonly number[], limitMs: number): Promise<readonly string[]> {
    await until(`ended: ${jobIds.join(', ')}`, () => this.states(jobIds).every((state) => ENDED.has(state)), limitMs);
    return this.states(jobIds);
  }

  /** What lost three workers by chance is asked for again, as a person would. Whether there was any. */
  async retrySetAside(jobIds: readonly number[]): Promise<boolean> {
    const setAside = askDatabase(
      this.profile,
      `SELECT id FROM job WHERE id IN (${jobIds.join(',')}) AND state = 'failed' AND failure ->> 'code' = 'worker-lost'`,
    ).map(({ id }) => Number(id));
    if (setAside.length > 0) await this.house.call('job.retry', { jobIds: setAside });
    return setAside.length > 0;
  }

  /** SIGKILL to each. New ones are there when it resolves. */
  async killWorkers(): Promise<void> {
    for (const pid of this.house.workerPids()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        // It went by itself between the look and the kill.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    // More than five deaths in half a minute would be a pool that somebody must look at; here they are the trial's doing.
    await this.house.call('pool.resume', {});
  }

  /** SIGKILL to the house; the next one is there when it resolves. */
  async killHouse(): Promise<void> {
    await this.house.kill();
    this.house = await startHouseProcess(this.profile);
  }

  async close(): Promise<void> {
    await this.house.kill();
    await this.s3.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
