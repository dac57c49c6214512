/**
 * Owns what people do to a queue, and to the house as a whole. Must not stop what runs: pausing closes the gate.
 * Verbs of the coordinator.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import type { QueueChange } from '../../store/records.ts';
import type { Desk } from '../desk.ts';

/** Throws FailureError `not-found`. */
export function updateQueue(desk: Desk, name: string, change: QueueChange): void {
  if (desk.store.queue(name) === null) fail('not-found', `There is no queue "${name}".`, { field: 'queue' });
  desk.store.updateQueue(name, change);
}

/** Throws FailureError `already-exists`. */
export function createQueue(desk: Desk, name: string, concurrency: number): void {
  if (desk.store.queue(name) !== null) {
    fail('already-exists', `There is a queue "${name}" already.`, { field: 'queue' });
  }
  desk.store.insertQueue(name, concurrency);
}

/** Throws FailureError `not-found`, or `invalid-input` when its history would lose its queue. */
export function removeQueue(desk: Desk, name: string): void {
  if (desk.store.queue(name) === null) fail('not-found', `There is no queue "${name}".`, { field: 'queue' });
  if (name === 'default' || name === NOTICE_QUEUE) {
    fail('invalid-input', `The queue "${name}" stays.`, { field: 'queue' });
  }
  if (!desk.store.removeQueue(name)) {
    fail('invalid-input', `Queue "${name}" has jobs in it or in its history.`, {
      field: 'queue',
      hint: 'Pause it instead.',
    });
  }
}

export function pauseHouse(desk: Desk, paused: boolean): void {
  desk.store.setHousePaused(paused);
}
