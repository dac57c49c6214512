/**
 * Owns what one window has been told and what it has not: collects changes, hands out the next patch. Must not keep
 * time or send. Used by updates.ts, one for each session.
 */

import type { Patch } from '../../src-shared/contract/channel.ts';
import type { Forecast, ThroughputSample } from '../../src-shared/model/house.ts';
import type { JobProgress } from '../../src-shared/model/job.ts';
import { migrationView } from '../../src-shared/model/migration.ts';
import type { Committed, HouseTopic } from '../store/records.ts';
import type { Coordinator } from './coordinator.ts';
import { LIVE_BULKS, queueViews, runningJob, settings, stats } from './house-view.ts';
import { scheduleViews } from './verbs/keep-schedules.ts';
import { WatchedView, type WatchRequest } from './watched-view.ts';

/** Keep a patch below 64 KiB: a running job is about 500 bytes, a migration 900, a progress 150. What is over comes next. */
const MAX_RUNNING = 40;
const MAX_MIGRATIONS = 20;
const MAX_PROGRESS = 100;
const MAX_VIEWS = 4;

export class Subscriber {
  revision = 0;
  private readonly coordinator: Coordinator;
  private readonly views = new Map<string, WatchedView>();
  private readonly migrations = new Set<number>();
  /** Running jobs that the window knows: their token, and the progress it was told last. */
  private readonly told = new Map<number, { token: string; progress: JobProgress | null }>();
  private queues = false;
  private accounts = false;
  private house = false;
  private readonly topics = new Set<HouseTopic>();
  /** Running jobs did not all fit into the last patch. */
  private hasRest = false;
  private sample: ThroughputSample | null = null;
  private forecast: { readonly value: Forecast | null } | null = null;

  constructor(coordinator: Coordinator) {
    this.coordinator = coordinator;
    for (const { job, progress } of coordinator.running.all()) this.told.set(job.id, { token: job.token, progress });
  }

  watch(request: WatchRequest): boolean {
    if (!this.views.has(request.viewId) && this.views.size >= MAX_VIEWS) return false;
    this.views.set(request.viewId, new WatchedView(request, this.coordinator.store.highestJobId()));
    return true;
  }

  unwatch(viewId: string): void {
    this.views.delete(viewId);
  }

  /** The window has a new snapshot: what it was told before is void, what it looks at is not. */
  carryViewsFrom(before: Subscriber): void {
    for (const [viewId, view] of before.views) this.views.set(viewId, view);
  }

  note(committed: Committed): void {
    for (const id of committed.migrations) this.migrations.add(id);
    if (committed.queues) this.queues = true;
    if (committed.accounts) this.accounts = true;
    if (committed.house) this.house = true;
    for (const topic of committed.topics) this.topics.add(topic);
    if (committed.jobs.size > 0) for (const view of this.views.values()) view.note(committed.jobs);
  }

  /** The pool or the store's trouble changed; gates depend on both. */
  noteHouse(): void {
    this.house = true;
  }

  noteSample(sample: ThroughputSample, forecast: Forecast | null): void {
    this.sample = sample;
    this.forecast = { value: forecast };
  }

  /** The next patch; null when there is nothing to tell. */
  take(): Patch | null {
    const { coordinator } = this;
    const { store } = coordinator;
    const patch: { -readonly [K in keyof Patch]: Patch[K] } = {};
    if (this.house) {
      patch.paused = store.isHousePaused();
      patch.pool = coordinator.supervisor.view();
      patch.health = coordinator.health();
      patch.lanes = coordinator.lanes.views();
    }
    if (this.queues || this.house) {
      patch.queues = queueViews(coordinator);
      patch.stats = stats(coordinator);
    }
    if (this.accounts) patch.accounts = coordinator.accounts.views();
    this.takeTopics(patch);
    this.takeMigrations(patch);
    this.takeRunning(patch);
    const views = [...this.views.values()].flatMap((view) => view.take(store) ?? []);
    if (views.length > 0) patch.views = views;
    if (this.sample !== null) patch.throughput = this.sample;
    if (this.forecast !== null) patch.forecast = this.forecast.value;
    this.queues = false;
    this.accounts = false;
    this.house = false;
    this.sample = null;
    this.forecast = null;
    return Object.keys(patch).length === 0 ? null : patch;
  }

  /** True when a patch left something for the next one. */
  get isPending(): boolean {
    if (this.hasRest || this.migrations.size > 0) return true;
    for (const view of this.views.values()) if (view.isPending) return true;
    return false;
  }

  private takeTopics(patch: { -readonly [K in keyof Patch]: Patch[K] }): void {
    const { store } = this.coordinator;
    if (this.topics.has('bulks')) patch.bulks = store.latestBulks(LIVE_BULKS);
    if (this.topics.has('schedules')) patch.schedules = scheduleViews(store);
    if (this.topics.has('notice-rules')) patch.noticeRules = store.noticeRules();
    if (this.topics.has('news')) patch.news = store.news();
    if (this.topics.has('settings')) patch.settings = settings(this.coordinator);
    this.topics.clear();
  }

  private takeMigrations(patch: { -readonly [K in keyof Patch]: Patch[K] }): void {
    const rows = [];
    const removed = [];
    for (const id of this.migrations) {
      if (rows.length + removed.length >= MAX_MIGRATIONS) break;
      this.migrations.delete(id);
      const stored = this.coordinator.store.migration(id);
      if (stored?.kind === 'notices') continue;
      if (stored === null) removed.push(id);
      else rows.push(migrationView(stored));
    }
    if (rows.length > 0) patch.migrations = rows;
    if (removed.length > 0) patch.removedMigrations = removed;
  }

  private takeRunning(patch: { -readonly [K in keyof Patch]: Patch[K] }): void {
    const { running } = this.coordinator;
    const begun = [];
    const progress: JobProgress[] = [];
    this.hasRest = false;
    for (const attempt of running.all()) {
      const { job } = attempt;
      const told = this.told.get(job.id);
      if (told?.token !== job.token) {
        if (begun.length >= MAX_RUNNING) {
          this.hasRest = true;
          continue;
        }
        begun.push(runningJob(this.coordinator.store, attempt));
        this.told.set(job.id, { token: job.token, progress: attempt.progress });
      } else if (attempt.progress !== null && told.progress !== attempt.progress) {
        if (progress.length >= MAX_PROGRESS) {
          this.hasRest = true;
          continue;
        }
        progress.push(attempt.progress);
        told.progress = attempt.progress;
      }
    }
    const stopped: number[] = [];
    for (const jobId of this.told.keys()) {
      if (running.ofJob(jobId) !== null) continue;
      stopped.push(jobId);
      this.told.delete(jobId);
    }
    if (begun.length > 0) patch.running = begun;
    if (progress.length > 0) patch.progress = progress;
    if (stopped.length > 0) patch.stopped = stopped;
  }
}
