/**
 * Owns outcomes as streams: live, or of one migration from its beginning to its end without a gap. Must not buffer
 * without bound for a reader that stopped. Used by the subscriptions of resolvers.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { JobRow } from '../../../src-shared/model/job.ts';
import { FINISHED_STATES } from '../../../src-shared/model/job-state.ts';
import type { House, OutcomeEvent } from '../house.ts';

/** About 50 MB of events; a reader that is further behind than that has gone away. */
const MAX_WAITING = 100_000;
const PAGE_ROWS = 200;
/** A migration can end without an outcome (its listing ends after its last job): so it is looked at now and then. */
const LOOK_MS = 500;

/** Events from the moment of the call on, in order. Ends with `quota-exceeded` when nobody reads them. */
export function liveOutcomes(house: House, migrationId: number | null): AsyncGenerator<OutcomeEvent> {
  const inbox = openInbox(house, migrationId);
  return endingAtOnce(inbox, live(inbox));
}

async function* live(inbox: Inbox): AsyncGenerator<OutcomeEvent> {
  try {
    while (!inbox.isClosed()) {
      yield* inbox.take();
      await inbox.wait(null);
    }
  } finally {
    inbox.close();
  }
}

/** Each finished job once as it is now, then every outcome that follows; ends when the migration has. */
export function migrationOutcomes(house: House, migrationId: number): AsyncGenerator<OutcomeEvent> {
  // Listening first and reading the past second leaves no gap; what comes twice is told apart by its attempt.
  const inbox = openInbox(house, migrationId);
  return endingAtOnce(inbox, pastAndPresent(house, migrationId, inbox));
}

async function* pastAndPresent(house: House, migrationId: number, inbox: Inbox): AsyncGenerator<OutcomeEvent> {
  const told = new Map<number, string>();
  try {
    await house.call('migration.get', { migrationId });
    let cursor: string | null = null;
    do {
      const page = await finishedPage(house, migrationId, cursor);
      for (const row of page.rows) {
        told.set(row.id, `${row.state} ${row.attempts}`);
        yield outcomeOf(row);
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
    while (!inbox.isClosed()) {
      // Asked before the inbox is emptied: what happened before the end is in it.
      const { finishedAtMs } = await house.call('migration.get', { migrationId });
      for (const event of inbox.take()) {
        const isTold = told.get(event.jobId) === `${event.state} ${event.attempts}`;
        told.delete(event.jobId);
        if (!isTold) yield event;
      }
      // What was read of the past came before what is heard from now on: nothing comes twice any more.
      told.clear();
      if (finishedAtMs !== null) return;
      await inbox.wait(LOOK_MS);
    }
  } finally {
    inbox.close();
  }
}

/** A reader that leaves while nothing happens would be listened for until something does: a generator ends after its wait. */
function endingAtOnce(inbox: Inbox, stream: AsyncGenerator<OutcomeEvent>): AsyncGenerator<OutcomeEvent> {
  const end = stream.return.bind(stream);
  stream.return = (value) => {
    inbox.close();
    return end(value);
  };
  return stream;
}

function finishedPage(house: House, migrationId: number, cursor: string | null) {
  return house.call('job.list', {
    filter: { migrationId, states: [...FINISHED_STATES] },
    sort: 'oldest',
    limit: PAGE_ROWS,
    ...(cursor === null ? {} : { cursor }),
  });
}

function outcomeOf(row: JobRow): OutcomeEvent {
  return {
    jobId: row.id,
    migrationId: row.migrationId,
    // The filter asked for finished jobs only.
    state: row.state as OutcomeEvent['state'],
    sourceKey: row.sourceKey,
    destinationKey: row.destinationKey,
    sizeBytes: row.sizeBytes,
    attempts: row.attempts,
    proof: row.proof,
    failure: row.failure,
    atMs: row.finishedAtMs ?? row.updatedAtMs,
  };
}

interface Inbox {
  take(): readonly OutcomeEvent[];
  /** Until there is an event, or `atMostMs` are over. */
  wait(atMostMs: number | null): Promise<void>;
  isClosed(): boolean;
  close(): void;
}

function openInbox(house: House, migrationId: number | null): Inbox {
  let waiting: OutcomeEvent[] = [];
  let isFull = false;
  let isClosed = false;
  let wake: () => void = () => {};
  const stop = house.onOutcome((event) => {
    if (migrationId !== null && event.migrationId !== migrationId) return;
    if (waiting.length >= MAX_WAITING) isFull = true;
    else waiting.push(event);
    wake();
  });
  return {
    take() {
      if (isFull) {
        fail('quota-exceeded', `More than ${MAX_WAITING} outcomes were not read.`, {
          hint: 'Subscribe to migrationOutcomes again: it begins with what is there.',
        });
      }
      const taken = waiting;
      waiting = [];
      return taken;
    },
    wait(atMostMs) {
      if (waiting.length > 0 || isFull || isClosed) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = atMostMs === null ? null : setTimeout(resolve, atMostMs);
        wake = () => {
          if (timer !== null) clearTimeout(timer);
          resolve();
        };
      });
    },
    isClosed: () => isClosed,
    close() {
      isClosed = true;
      stop();
      wake();
    },
  };
}
