/**
 * Owns the messages between a window and the house, and the Channel that carries them. Must not know what carries it:
 * Electron's IPC and a WebSocket are both one. Used by the preload, the renderer and both doors.
 */
import type { BulkView } from '../model/bulk.ts';
import type { Failure } from '../model/failure.ts';
import type { HealthReport, HouseNews } from '../model/health.ts';
import type { Forecast, HouseState, PoolView, QueueView, RunningJob, Stats, ThroughputSample } from '../model/house.ts';
import type { JobProgress, JobRow } from '../model/job.ts';
import type { MigrationView } from '../model/migration.ts';
import type { NoticeRule } from '../model/notice-rule.ts';
import type { AccountView } from '../model/provider.ts';
import type { ScheduleView } from '../model/schedule.ts';
import type { HouseSettings } from '../model/settings.ts';

/** `params` is checked by the command's schema on arrival. */
export type ClientMessage =
  | { readonly type: 'call'; readonly id: number; readonly command: string; readonly params: unknown }
  | { readonly type: 'subscribe' }
  /** Sent when the window hides or shows again: a hidden one gets a patch a second. */
  | { readonly type: 'visibility'; readonly visible: boolean };

export type ServerMessage =
  | { readonly type: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly failure: Failure }
  | { readonly type: 'snapshot'; readonly epoch: number; readonly revision: number; readonly state: HouseState }
  | { readonly type: 'patch'; readonly epoch: number; readonly revision: number; readonly patch: Patch };

/**
 * What changed since the revision before. A field that is absent did not change. A client that sees a gap in
 * `revision`, or another `epoch`, subscribes again.
 */
export interface Patch {
  readonly paused?: boolean;
  readonly stats?: Stats;
  readonly pool?: PoolView;
  /** All of them, when one changed. */
  readonly queues?: readonly QueueView[];
  readonly accounts?: readonly AccountView[];
  /** Rows to put in or replace, by id. */
  readonly migrations?: readonly MigrationView[];
  readonly removedMigrations?: readonly number[];
  /** Jobs that began or changed while running. */
  readonly running?: readonly RunningJob[];
  /** Jobs that run no more. */
  readonly stopped?: readonly number[];
  readonly progress?: readonly JobProgress[];
  /** One new sample to append. */
  readonly throughput?: ThroughputSample;
  readonly forecast?: Forecast | null;
  readonly views?: readonly ViewPatch[];
  /** Each of these whole, when something in it changed. */
  readonly bulks?: readonly BulkView[];
  readonly schedules?: readonly ScheduleView[];
  readonly noticeRules?: readonly NoticeRule[];
  readonly settings?: HouseSettings;
  readonly health?: HealthReport | null;
  readonly news?: readonly HouseNews[];
}

export interface ViewPatch {
  readonly viewId: string;
  /** Watched jobs that changed, whole. */
  readonly rows: readonly JobRow[];
  /** Watched jobs that are gone. */
  readonly removed: readonly number[];
  /** How many other jobs changed into the filter since the view was watched. */
  readonly arrivals: number;
}

/** A two-way pipe of messages. `onMessage` and `onClose` return the function that ends the subscription. */
export interface Channel {
  send(message: ClientMessage): void;
  onMessage(listener: (message: ServerMessage) => void): () => void;
  onClose(listener: (reason: string) => void): () => void;
}

/** Where a door without a desktop gives out files; the one-time part of a link of `evidence.save` follows. */
export const DOWNLOAD_PATH = '/download/';

/** Largest message that a door accepts from a client: a URL list of 100,000 lines with digests is about 25 MB. */
export const MAX_CLIENT_MESSAGE_BYTES = 32 * 1024 * 1024;
