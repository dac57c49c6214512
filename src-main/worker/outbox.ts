/**
 * Owns the order in which a worker speaks: outcomes of one turn of the event loop go out as one message. Must not know
 * what they say. Used by worker.ts.
 */
import type { AttemptReport, FromWorker } from '../../src-shared/contract/worker-messages.ts';

export interface Outbox {
  /** Goes out with the others of this turn. */
  report(token: string, report: AttemptReport): void;
  /** Goes out at once, after what was reported before. */
  send(message: FromWorker): void;
  /** What was reported goes out now. */
  flush(): void;
}

export function createOutbox(send: (message: FromWorker) => void): Outbox {
  let outcomes: { readonly token: string; readonly report: AttemptReport }[] = [];

  function flush(): void {
    if (outcomes.length === 0) return;
    const items = outcomes;
    outcomes = [];
    send({ type: 'outcomes', items });
  }

  return {
    report(token, report) {
      if (outcomes.length === 0) setImmediate(flush);
      outcomes.push({ token, report });
    },
    send(message) {
      flush();
      send(message);
    },
    flush,
  };
}
