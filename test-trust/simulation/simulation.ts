/**
 * Owns one run: a seed decides what people do, what breaks and when, and after every event the invariants are checked.
 * The coordinator, the scheduler, the supervisor and the database are the real ones. Must not depend on real time.
 * Called by simulation.test.ts and run-seeds.ts.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AttemptRecord } from './attempt-record.ts';
import type { StoreFault } from './faulty-store.ts';
import { Invariants } from './invariants.ts';
import { createSeededRng } from './seeded-rng.ts';
import { createSimulatedClock } from './simulated-clock.ts';
import { DATABASE, openSimulatedHouse, type SimulatedHouse } from './simulated-house.ts';
import { SimulatedPeople } from './simulated-people.ts';
import { POISON, type WorkerFault } from './simulated-workers.ts';

export const FAULTS = [
  'retryable',
  'permanent',
  'rate-limited',
  'worker-killed',
  'worker-stalled',
  'worker-stillborn',
  'listing-failed',
  'said-twice',
  'said-too-late',
  'store-disk-full',
  'store-io-error',
  'store-busy',
  'house-killed',
  'house-quit',
  'clock-jumped',
  'machine-slept',
  'spool-full',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface SimulationResult {
  readonly seed: number;
  /** Empty: everything held. */
  readonly breaches: readonly string[];
  /** The last lines of what happened. */
  readonly trace: readonly string[];
  /** The same for the same seed. */
  readonly hash: string;
  readonly events: number;
  readonly jobs: number;
  readonly met: ReadonlyMap<Fault, number>;
}

const STEPS = 140;
const KEPT_LINES = 80;
const HOUR_MS = 3_600_000;
/** Everything open must have ended after so long without faults: the longest back-off, twice. */
const REST_MS = 15 * 60_000;

/** Memory, where there is such a folder: what is tested is the order of things, not the disk. */
const ROOT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export async function simulate(seed: number): Promise<SimulationResult> {
  const folder = mkdtempSync(join(ROOT, 'transship-simulation-'));
  try {
    return await new Simulation(seed, folder).run();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Simulation {
  private readonly seed: number;
  private readonly folder: string;
  private readonly rng;
  private readonly clock = createSimulatedClock();
  private readonly record = new AttemptRecord();
  private readonly invariants: Invariants;
  private readonly sources = new Map<string, readonly string[]>();
  private readonly hash = createHash('sha256');
  private readonly lines: string[] = [];
  private readonly met = new Map<Fault, number>();
  private readonly cancelled = new Set<number>();
  private readonly disk = { freeBytes: 1e12 };
  private readonly people: SimulatedPeople;
  private readonly world;
  private house: SimulatedHouse | null = null;
  private storeFault: StoreFault | null = null;
  private events = 0;

  constructor(seed: number, folder: string) {
    this.seed = seed;
    this.folder = folder;
    this.rng = createSeededRng(seed);
    this.invariants = new Invariants(join(folder, DATABASE), this.record);
    const shared = {
      clock: this.clock,
      rng: this.rng,
      record: this.record,
      sources: this.sources,
      folder,
      disk: this.disk,
      trace: (line: string) => this.trace(line),
    };
    this.world = {
      ...shared,
      faults: true,
      met: (fault: WorkerFault) => this.count(fault),
      afterEach: () => this.afterEach(),
      nextStoreFault: () => this.nextStoreFault(),
    };
    this.people = new SimulatedPeople({
      ...shared,
      invariants: this.invariants,
      databasePath: join(folder, DATABASE),
      coordinator: () => this.open().coordinator,
      cancelled: (migrationId) => this.cancelled.add(migrationId),
    });
  }

  async run(): Promise<SimulationResult> {
    await this.openHouse(true);
    for (let step = 0; step < STEPS && !this.isBroken(); step += 1) await this.step();
    if (!this.isBroken()) await this.comeToRest();
    const jobs = this.readEnd();
    await this.open().kill();
    return {
      seed: this.seed,
      breaches: [...this.invariants.breaches],
      trace: this.lines,
      hash: this.hash.digest('hex'),
      events: this.events,
      jobs,
      met: this.met,
    };
  }

  private async openHouse(isFirst: boolean): Promise<void> {
    this.house = await openSimulatedHouse(this.world);
    const { coordinator, store } = this.house;
    coordinator.onCommitted((committed) => {
      this.invariants.afterCommit(store, committed, this.clock.monotonicMs());
    });
    await this.clock.settle(() => this.afterEach());
    if (isFirst) {
      const made = coordinator.call((desk) => desk.store.insertQueue('video', 3));
      await this.clock.settle(() => this.afterEach());
      await made;
    }
  }

  private async step(): Promise<void> {
    const { rng } = this;
    for (let acts = rng.between(0, 2); acts > 0; acts -= 1) this.people.act();
    if (rng.chance(0.3)) this.breakSomething();
    if (rng.chance(0.04)) {
      // Whatever was asked for in this step is answered by nobody.
      await this.restart('house-killed');
    } else if (rng.chance(0.02)) await this.restart('house-quit');
    await this.clock.advance(rng.between(0, rng.chance(0.1) ? 120_000 : 4_000), () => this.afterEach());
    this.checkAll();
  }

  private breakSomething(): void {
    const { rng, clock } = this;
    const workers = this.open().workers;
    const draw = rng.fraction();
    if (draw < 0.3) workers.killOne();
    else if (draw < 0.45) workers.stallOne(rng.between(1, 12) * 1_000);
    else if (draw < 0.7) {
      const forMs = rng.between(100, 5_000);
      this.storeFault = rng.pick(['disk-full', 'io-error', 'busy'] as const) ?? null;
      this.trace(`the store fails: ${this.storeFault}`);
      clock.after(forMs, () => {
        this.storeFault = null;
      });
    } else if (draw < 0.85) {
      const jumpMs = rng.pick([-24, -1, 1, 24]) ?? 1;
      this.count('clock-jumped');
      this.trace(`the wall clock jumps by ${jumpMs} h`);
      this.record.forgetWaits();
      clock.jumpWall(jumpMs * HOUR_MS);
    } else if (draw < 0.92) {
      this.count('machine-slept');
      this.trace('the machine sleeps');
      clock.sleep(8 * HOUR_MS);
    } else {
      this.count('spool-full');
      this.disk.freeBytes = 1_000;
      clock.after(rng.between(1, 30) * 1_000, () => {
        this.disk.freeBytes = 1e12;
      });
    }
  }

  private async restart(how: 'house-killed' | 'house-quit'): Promise<void> {
    this.count(how);
    this.trace(how);
    if (how === 'house-quit') await this.open().quit();
    else await this.open().kill();
    this.storeFault = null;
    this.disk.freeBytes = 1e12;
    this.record.rememberOnly(this.readStrikes());
    await this.openHouse(false);
  }

  /** No more faults, everything opened: whatever is open must come to its end by itself. */
  private async comeToRest(): Promise<void> {
    this.trace('come to rest');
    this.world.faults = false;
    this.storeFault = null;
    this.disk.freeBytes = 1e12;
    // What the store could not take is tried again after a second.
    await this.clock.advance(2_000, () => this.afterEach());
    this.people.openEverything();
    const { store, coordinator } = this.open();
    for (let restedMs = 0; restedMs < REST_MS; restedMs += 60_000) {
      await this.clock.advance(60_000, () => this.afterEach());
      // Poisoned jobs may take the pool down even now: whoever looks after it starts it again.
      if (coordinator.supervisor.view().state === 'degraded') coordinator.supervisor.resume();
    }
    this.checkAll();
    const pool = coordinator.supervisor.view().state;
    if (pool !== 'healthy') this.invariants.breaches.push(`The pool is ${pool} though nothing breaks any more.`);
    for (const { id, counts, listing, intent } of store.openMigrations()) {
      this.invariants.breaches.push(
        `Migration ${id} never ends (${intent}, listing ${listing}): ${JSON.stringify(counts)}`,
      );
    }
    for (const bulk of store.runningBulks()) this.invariants.breaches.push(`Bulk ${bulk.id} never ends.`);
    this.checkListings();
  }

  /** What a source held is there as jobs; a key that comes twice is one job. */
  private checkListings(): void {
    const db = new DatabaseSync(join(this.folder, DATABASE), { readOnly: true });
    const count = db.prepare('SELECT count(DISTINCT source_key) AS n FROM job WHERE migration_id = ?');
    const poisoned = db.prepare(
      `SELECT id, state, failure FROM job WHERE state IN ('failed', 'completed') AND source_key LIKE ?`,
    );
    for (const { id, source, selection, listing, intent } of this.open().store.latestMigrations(1_000)) {
      const keys = this.sources.get(source.container);
      if (selection !== 'listing' || listing !== 'done' || intent === 'cancel' || keys === undefined) continue;
      // Cancelling ends a listing where it is; single jobs that are retried later do not bring the rest.
      if (this.cancelled.has(id)) continue;
      const there = Number(count.get(id)?.n);
      const held = new Set(keys).size;
      if (there !== held) this.invariants.breaches.push(`Migration ${id} has ${there} jobs for ${held} assets.`);
    }
    for (const { id, state, failure } of poisoned.all(`%${POISON}%`)) {
      const code = failure === null ? null : (JSON.parse(String(failure)) as { code: string }).code;
      if (state === 'completed') this.invariants.breaches.push(`Job ${id} kills its worker and is completed.`);
      else if (code !== 'worker-lost') this.invariants.breaches.push(`Job ${id} was set aside as ${code}.`);
    }
    db.close();
  }

  private afterEach(): void {
    this.events += 1;
  }

  private checkAll(): void {
    this.invariants.check(this.open().store);
  }

  private isBroken(): boolean {
    return this.invariants.breaches.length > 0;
  }

  private nextStoreFault(): StoreFault | null {
    if (this.storeFault === null || !this.rng.chance(0.5)) return null;
    this.count(`store-${this.storeFault}`);
    return this.storeFault;
  }

  private readStrikes() {
    const db = new DatabaseSync(join(this.folder, DATABASE), { readOnly: true });
    const rows = db.prepare('SELECT id, strikes, state, attempts FROM job').all();
    db.close();
    return new Map(
      rows.map((row) => [Number(row.id), { strikes: Number(row.strikes), isRunning: row.state === 'running' }]),
    );
  }

  private readEnd(): number {
    const db = new DatabaseSync(join(this.folder, DATABASE), { readOnly: true });
    const row = db.prepare('SELECT count(*) AS n FROM job').get();
    db.close();
    return Number(row?.n);
  }

  private open(): SimulatedHouse {
    if (this.house === null) throw new Error('The house is not open.');
    return this.house;
  }

  private count(fault: Fault): void {
    this.met.set(fault, (this.met.get(fault) ?? 0) + 1);
  }

  private trace(line: string): void {
    const timed = `${this.clock.monotonicMs()} ${line}`;
    this.hash.update(timed);
    this.lines.push(timed);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
  }
}
