/**
 * Owns what the house borrows from outside: time, chance, processes, secrets, places, the desktop. Must not import
 * anything but src-shared. Implemented by the doors and by tests; consumed by engine and api through compose.ts.
 */
import type { FromWorker, ToWorker } from '../src-shared/contract/worker-messages.ts';
import type { TelemetryEvent } from '../src-shared/model/telemetry-event.ts';

/** Two times: the wall for people and schedules, the monotonic one for leases and time-outs. */
export interface Clock {
  /** Milliseconds since 1970. May jump. */
  wallMs(): number;
  /** Milliseconds since some start. Never goes back. */
  monotonicMs(): number;
  /** Calls once after `delayMs`; returns the function that prevents it. */
  after(delayMs: number, action: () => void): () => void;
  /** Calls as soon as what waits in the event loop had its turn. */
  soon(action: () => void): void;
}

export interface Rng {
  /** In [0, 1). */
  fraction(): number;
}

/** A worker process as the supervisor sees it. `onExit` fires exactly once. */
export interface WorkerProcess {
  readonly pid: number;
  send(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  onExit(listener: (how: { readonly code: number | null; readonly signal: string | null }) => void): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts a worker process; resolves when it has a pid, rejects when it could not start. */
export type SpawnWorker = () => Promise<WorkerProcess>;

/** Where secrets rest. Values never leave the main and worker processes. */
export interface Secrets {
  readonly label: string;
  readonly persistent: boolean;
  /** All secrets of one account, by name; empty when there are none. Throws FailureError when they cannot be read. */
  read(accountId: string): Promise<Readonly<Record<string, string>>>;
  /** Replaces all secrets of the account. An empty record removes them. */
  write(accountId: string, secrets: Readonly<Record<string, string>>): Promise<void>;
}

export interface Paths {
  /** Everything below belongs to one profile. */
  readonly profile: string;
  readonly database: string;
  readonly spool: string;
  readonly sample: string;
}

/** How much room a disk has. */
export interface Disk {
  /** Bytes that this user may still write in the folder. Rejects when it cannot be told. */
  freeBytes(folder: string): Promise<number>;
}

/** Structured log. Fields never hold secrets; a `Failure` is a fine field. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Told of everything that happens, after it happened. Never throws and never waits. */
export type Telemetry = (event: TelemetryEvent) => void;

/** What a desktop can do and a server cannot. */
export interface Desktop {
  /** null: the person closed the dialog. */
  chooseFolder(): Promise<string | null>;
  /** Where to save a file, suggested under this name; the dialog itself asks before one is replaced. null: closed. */
  chooseFile(suggestedName: string): Promise<string | null>;
  /** Shows it in the system's own way. Rejects with FailureError where the system shows none. */
  notify(notice: { readonly title: string; readonly text: string }): Promise<void>;
}

export interface Ports {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly paths: Paths;
  readonly secrets: Secrets;
  readonly spawnWorker: SpawnWorker;
  readonly disk: Disk;
  readonly desktop: Desktop | null;
  readonly door: 'electron' | 'headless';
  readonly version: string;
}
