/**
 * Owns what people do at random: ask for migrations, steer jobs, queues and the house in every way that the contract
 * knows. What the house says yes to is told to the invariants. Must not wait for answers. Used by the simulation.
 */
import { DatabaseSync } from 'node:sqlite';
import type { Coordinator } from '../../src-main/engine/coordinator.ts';
import type { Desk } from '../../src-main/engine/desk.ts';
import { startBulk, stopBulk } from '../../src-main/engine/verbs/keep-bulks.ts';
import { prioritizeJobs, reorderJobs, steerJobs } from '../../src-main/engine/verbs/steer-jobs.ts';
import { moveMigration, retryFailed, steerMigration } from '../../src-main/engine/verbs/steer-migration.ts';
import { pauseHouse, updateQueue } from '../../src-main/engine/verbs/steer-queue.ts';
import { enqueueJobs, submitMigration } from '../../src-main/engine/verbs/submit-migration.ts';
import type { QueueChange } from '../../src-main/store/records.ts';
import { toFailure } from '../../src-shared/model/failure.ts';
import { JOB_ARROWS, type SteerEvent } from '../../src-shared/model/job-state.ts';
import { DEFAULT_POLICIES } from '../../src-shared/model/migration.ts';
import { NO_FILTER } from '../../src-shared/model/selection.ts';
import type { Invariants } from './invariants.ts';
import type { SeededRng } from './seeded-rng.ts';
import { CURSED, POISON } from './simulated-workers.ts';

export interface PeopleWorld {
  readonly rng: SeededRng;
  readonly invariants: Invariants;
  readonly databasePath: string;
  readonly sources: Map<string, readonly string[]>;
  coordinator(): Coordinator;
  trace(line: string): void;
  /** A cancel ran. Whatever comes in the same batch, and so hides it, its listing has ended where it was. */
  cancelled(migrationId: number): void;
}

const STEER: readonly SteerEvent[] = ['pause', 'resume', 'cancel', 'retry', 'skip', 'run-now'];
const BULKS = ['pause', 'resume', 'cancel', 'retry', 'skip'] as const;
const QUEUES = ['default', 'video'] as const;
const LISTING = { kind: 'listing', filter: NO_FILTER } as const;

export class SimulatedPeople {
  private readonly world: PeopleWorld;
  private lastContainer = 0;

  constructor(world: PeopleWorld) {
    this.world = world;
  }

  /** One thing, whatever comes to mind. */
  act(): void {
    const { rng } = this.world;
    const draw = rng.fraction();
    if (draw < 0.12) this.submit();
    else if (draw < 0.2) this.enqueue();
    else if (draw < 0.5) this.steerSome();
    else if (draw < 0.58) this.steerWhole();
    else if (draw < 0.7) this.bulk();
    else if (draw < 0.85) this.turnKnobs();
    else this.order();
  }

  /** Everything goes on: what is paused or shut is opened again. */
  openEverything(): void {
    const { store } = this.world.coordinator();
    this.ask('resume all', (desk) => {
      pauseHouse(desk, false);
      for (const name of QUEUES) updateQueue(desk, name, { paused: false, concurrency: 6, startsPerMinute: null });
    });
    for (const { id, intent } of store.openMigrations()) {
      if (intent === 'pause') this.ask(`resume migration ${id}`, (desk) => steerMigration(desk, id, 'resume'));
    }
    const paused = this.jobsIn(['paused'], 10_000);
    this.steer(paused, 'resume');
    this.world.coordinator().supervisor.resume();
  }

  private ask<T>(what: string, verb: (desk: Desk) => T, onYes: (value: T) => void = () => undefined): void {
    const { trace } = this.world;
    trace(`ask: ${what}`);
    this.world
      .coordinator()
      .call(verb)
      .then(
        (value) => {
          trace(`yes: ${what}`);
          onYes(value);
        },
        (error: unknown) => trace(`no: ${what}: ${toFailure(error).code}`),
      );
  }

  private places() {
    this.lastContainer += 1;
    const place = (container: string) => ({ accountId: 'this-computer', container, prefix: '' });
    return { source: place(`/from/${this.lastContainer}`), destination: place(`/to/${this.lastContainer}`) };
  }

  private keys(most: number): string[] {
    const { rng } = this.world;
    return Array.from({ length: rng.between(1, most) }, (_, index) =>
      rng.chance(0.02)
        ? `${POISON} ${index}`
        : rng.chance(0.04)
          ? `${CURSED} ${index}`
          : rng.chance(0.03)
            ? 'again'
            : `key ${index}`,
    );
  }

  private submit(): void {
    const { rng, sources, invariants } = this.world;
    const { source, destination } = this.places();
    sources.set(source.container, this.keys(30));
    const queue = rng.pick(QUEUES) ?? 'default';
    const request = { source, destination, policies: DEFAULT_POLICIES, queue, selection: LISTING };
    this.ask(
      `submit ${source.container}`,
      (desk) => submitMigration(desk, request),
      ({ migrationId }) => invariants.acknowledgedMigrations.add(migrationId),
    );
  }

  private enqueue(): void {
    const { rng, invariants } = this.world;
    const assets = [...new Set(this.keys(6))].map((sourceKey) => ({ sourceKey }));
    const queue = rng.pick(QUEUES) ?? 'default';
    const request = { ...this.places(), policies: DEFAULT_POLICIES, queue, assets };
    this.ask(
      `enqueue ${assets.length}`,
      (desk) => enqueueJobs(desk, request),
      ({ migrationId, jobs }) => {
        invariants.acknowledgedMigrations.add(migrationId);
        for (const { jobId } of jobs) invariants.acknowledgedJobs.add(jobId);
      },
    );
  }

  private steerSome(): void {
    const { rng } = this.world;
    const event = rng.pick(STEER) ?? 'pause';
    this.steer(this.jobsIn(JOB_ARROWS[event].from, rng.between(1, 6)), event);
  }

  private steer(ids: readonly number[], event: SteerEvent): void {
    if (ids.length === 0) return;
    this.expectSteering(ids, event);
    this.ask(`${event} jobs ${ids.join(' ')}`, (desk) => steerJobs(desk, ids, event));
  }

  /** From now on, not from the answer on: a bulk or a command may do it at any moment. */
  private expectSteering(ids: readonly number[], event: SteerEvent): void {
    if (event === 'retry' || event === 'skip') for (const id of ids) this.world.invariants.mayLeaveEnd.add(id);
  }

  private steerWhole(): void {
    const { rng } = this.world;
    const { store } = this.world.coordinator();
    const migration = rng.pick(store.latestMigrations(50));
    if (migration === undefined) return;
    const { id } = migration;
    const what = rng.pick(['pause', 'resume', 'resume', 'cancel', 'move', 'retryFailed'] as const) ?? 'pause';
    if (what === 'move') {
      const queue = rng.pick(QUEUES) ?? 'default';
      this.ask(`move migration ${id} to ${queue}`, (desk) => moveMigration(desk, id, queue));
    } else if (what === 'retryFailed') {
      const failed = this.jobsIn(['failed'], 10_000, id);
      this.expectSteering(failed, 'retry');
      this.ask(`retry what failed in migration ${id}`, (desk) => retryFailed(desk, id, failed));
    } else {
      this.ask(`${what} migration ${id}`, (desk) => {
        steerMigration(desk, id, what);
        if (what === 'cancel') this.world.cancelled(id);
      });
    }
  }

  private bulk(): void {
    const { rng } = this.world;
    const { store } = this.world.coordinator();
    const running = rng.pick(store.runningBulks());
    if (running !== undefined && rng.chance(0.5)) {
      this.ask(`stop bulk ${running.id}`, (desk) => stopBulk(desk, running.id));
      return;
    }
    const verb = rng.pick(BULKS) ?? 'pause';
    const states = verb === 'retry' ? (['failed'] as const) : JOB_ARROWS[verb].from;
    const ids = this.jobsIn(states, 10_000);
    this.expectSteering(ids, verb);
    this.ask(`bulk ${verb} of ${ids.length}`, (desk) => startBulk(desk, verb, { states: [...states] }, ids));
  }

  private turnKnobs(): void {
    const { rng } = this.world;
    const queue = rng.pick(QUEUES) ?? 'default';
    const what = rng.pick(['everything', 'workers', 'pool', 'queue', 'queue', 'queue'] as const);
    if (what === 'everything') {
      const paused = rng.chance(0.4);
      this.ask(`pause everything: ${paused}`, (desk) => pauseHouse(desk, paused));
    } else if (what === 'workers') {
      const size = { workers: rng.between(1, 4), attemptsPerWorker: rng.between(2, 8) };
      this.ask(`workers ${JSON.stringify(size)}`, (desk) => desk.store.changeSettings(size));
    } else if (what === 'pool') {
      this.world.trace('ask: resume the pool');
      this.world.coordinator().supervisor.resume();
    } else {
      const change = this.queueChange();
      this.ask(`queue ${queue} ${JSON.stringify(change)}`, (desk) => updateQueue(desk, queue, change));
    }
  }

  private queueChange(): QueueChange {
    const { rng } = this.world;
    const draw = rng.fraction();
    if (draw < 0.4) return { paused: rng.chance(0.4) };
    if (draw < 0.7) return { concurrency: rng.between(1, 6) };
    if (draw < 0.85) return { priority: rng.between(-2, 2) };
    return { startsPerMinute: rng.chance(0.3) ? rng.between(5, 60) : null };
  }

  private order(): void {
    const { rng } = this.world;
    const ids = this.jobsIn(['pending', 'scheduled', 'paused'], rng.between(1, 3), this.unlistedMigration());
    const [first] = ids;
    if (first === undefined) return;
    if (rng.chance(0.5)) {
      const priority = rng.between(-3, 3);
      this.ask(`priority ${priority} for ${ids.join(' ')}`, (desk) => prioritizeJobs(desk, ids, priority));
      return;
    }
    const before = this.jobsIn(['pending'], 1)[0];
    const to = rng.pick(['first', 'last', before === undefined ? 'last' : { before }] as const) ?? 'last';
    this.ask(`reorder ${ids.join(' ')}`, (desk) => reorderJobs(desk, ids, to));
  }

  /** One that is still listed, where there is one: what comes late meets an order that was changed. */
  private unlistedMigration(): number | null {
    const { rng } = this.world;
    const open = this.world.coordinator().store.openMigrations();
    return rng.pick(open.filter(({ listing }) => listing === 'listing'))?.id ?? null;
  }

  /** Ids, ascending; so many at most, chosen at random. */
  private jobsIn(states: readonly string[], most: number, migrationId: number | null = null): number[] {
    const db = new DatabaseSync(this.world.databasePath, { readOnly: true });
    try {
      const rows = db
        .prepare(
          `SELECT id FROM job WHERE state IN (${states.map(() => '?').join(', ')}) AND migration_id = coalesce(?, migration_id) ORDER BY id`,
        )
        .all(...states, migrationId);
      const ids = rows.map(({ id }) => Number(id));
      if (ids.length <= most) return ids;
      const { rng } = this.world;
      const chosen = Array.from({ length: most }, () => rng.pick(ids) ?? 0);
      return [...new Set(chosen)].sort((one, other) => one - other);
    } finally {
      db.close();
    }
  }
}
