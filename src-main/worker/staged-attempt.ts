/**
 * Owns a small world for tests of attempts: two containers, a spool folder, providers that can be made to misbehave.
 * Must not be used by the product. Called by this room's tests.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptOrder, AttemptReport } from '../../src-shared/contract/worker-messages.ts';
import type { AssetHead } from '../../src-shared/model/asset.ts';
import { contentChange, KEEP_CONTENT } from '../../src-shared/model/content-rules.ts';
import type { MigrationPolicies } from '../../src-shared/model/migration.ts';
import type { Tags } from '../../src-shared/model/tags.ts';
import {
  dropMemoryContainer,
  type MemoryContainer,
  makeMemoryContainer,
} from '../providers/memory/memory-containers.ts';
import type { Provider } from '../providers/provider.ts';
import { createProvider } from '../providers/registry.ts';
import { type AbsenceGuess, createAbsenceGuess } from './absence-guess.ts';
import { createAbsenceSurvey } from './absence-survey.ts';
import type { ApartNote } from './apart-note.ts';
import type { AttemptPatience } from './attempt.ts';
import { createMeter } from './metering.ts';
import { type Pace, UNCAPPED } from './pace.ts';
import { runAttempt } from './run-attempt.ts';
import { largeWriteOf } from './upload-note.ts';

const NO_ACCOUNT = { options: {}, secrets: {} };

export interface Stage {
  readonly source: MemoryContainer;
  readonly destination: MemoryContainer;
  readonly spoolFolder: string;
  /** Lines that attempts warned with. */
  readonly warnings: string[];
  /** An ordinary order for `KEY`, from account "a" to account "b". */
  readonly order: AttemptOrder;
  /** Runs one attempt for `KEY`, with what differs from an ordinary one. */
  run(changes?: Changes): Promise<AttemptReport>;
  /** Names of files in the spool folder. */
  spooled(): readonly string[];
  tearDown(): void;
}

export interface Changes {
  readonly source?: Partial<Provider>;
  readonly destination?: Partial<Provider>;
  readonly policies?: Partial<MigrationPolicies>;
  readonly order?: Partial<AttemptOrder>;
  readonly absence?: AbsenceGuess;
  readonly signal?: AbortSignal;
  readonly memorySpoolBytes?: number;
  readonly patience?: Partial<AttemptPatience>;
  readonly pace?: Pace;
  readonly apart?: ApartNote;
}

export const KEY = 'pictures/cat.jpg';

/** The memory provider, with methods replaced. */
export async function memoryProvider(overrides: Partial<Provider> = {}): Promise<Provider> {
  const inner = await createProvider('memory', NO_ACCOUNT);
  return {
    descriptor: inner.descriptor,
    list: inner.list.bind(inner),
    head: inner.head.bind(inner),
    open: inner.open.bind(inner),
    ...(inner.tags === undefined ? {} : { tags: inner.tags.bind(inner) }),
    write: inner.write.bind(inner),
    remove: inner.remove.bind(inner),
    check: inner.check.bind(inner),
    assertKey: inner.assertKey.bind(inner),
    close: inner.close.bind(inner),
    ...overrides,
  };
}

export function put(container: MemoryContainer, bytes: Buffer, head: Partial<AssetHead> = {}, tags: Tags = {}): void {
  const asset = { key: KEY, sizeBytes: bytes.length, headers: {}, metadata: {}, digests: {}, ...head };
  container.set(asset.key, { head: asset, bytes, tags });
}

export function setStage(): Stage {
  const id = crypto.randomUUID();
  const spoolFolder = mkdtempSync(join(tmpdir(), 'transship-attempt-'));
  const warnings: string[] = [];
  const ordinary: AttemptOrder = {
    jobId: 12,
    token: '4.56',
    queue: 'default',
    source: { accountKey: 'a', container: `source-${id}`, key: KEY },
    destination: { accountKey: 'b', container: `destination-${id}`, key: KEY },
    sizeBytes: null,
    versionToken: null,
    unfinishedUpload: null,
    isApart: false,
    spoolRoomBytes: null,
    policies: { overwrite: 'if-different', minimumProof: 'size-only', afterCopy: 'keep' },
    content: contentChange('', KEEP_CONTENT),
  };
  return {
    order: ordinary,
    source: makeMemoryContainer(`source-${id}`),
    destination: makeMemoryContainer(`destination-${id}`),
    spoolFolder,
    warnings,
    async run(changes = {}) {
      const order = { ...ordinary, policies: { ...ordinary.policies, ...changes.policies }, ...changes.order };
      const note = {
        unfinished: largeWriteOf(order),
        async begun(mark: string) {
          note.unfinished = mark;
        },
      };
      return runAttempt({
        order,
        source: await memoryProvider(changes.source),
        destination: await memoryProvider(changes.destination),
        meter: createMeter(order.jobId, order.sizeBytes),
        pace: changes.pace ?? UNCAPPED,
        absence: changes.absence ?? createAbsenceGuess(),
        survey: createAbsenceSurvey(),
        note,
        apart: changes.apart ?? { isApart: order.isApart, seen: async () => undefined, confirm: () => undefined },
        signal: changes.signal ?? new AbortController().signal,
        patience: {
          answerMs: 5_000,
          stallMs: 5_000,
          slowMs: 5_000,
          copyMs: 5_000,
          graceMs: 100,
          writePauseMs: 5,
          ...changes.patience,
        },
        spoolFolder,
        memorySpoolBytes: changes.memorySpoolBytes ?? 8 * 1024 * 1024,
        warn: (line) => warnings.push(line),
      });
    },
    spooled: () => readdirSync(spoolFolder),
    tearDown() {
      dropMemoryContainer(`source-${id}`);
      dropMemoryContainer(`destination-${id}`);
      rmSync(spoolFolder, { recursive: true, force: true });
    },
  };
}

export type RequestName = 'head' | 'open' | 'write' | 'remove';

/** Overrides that note every request to `provider` in `requests`, in order, and pass it on. */
export function noting(provider: Provider, requests: RequestName[]): Partial<Provider> {
  const note = (name: RequestName) => requests.push(name);
  return {
    head: (...args) => {
      note('head');
      return provider.head(...args);
    },
    open: (...args) => {
      note('open');
      return provider.open(...args);
    },
    write: (...args) => {
      note('write');
      return provider.write(...args);
    },
    remove: (...args) => {
      note('remove');
      return provider.remove(...args);
    },
  };
}
