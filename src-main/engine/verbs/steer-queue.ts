/**
 * Owns what people do to a queue, and to the house as a whole. Must not stop what runs: pausing closes the gate.
 * Verbs of the coordinator.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { Desk } from '../desk.ts';

/** Throws FailureError `not-found`. */
export function updateQueue(desk: Desk, name: string, change: { concurrency?: number; paused?: boolean }): void {
  if (desk.store.queue(name) === null) fail('not-found', `There is no queue "${name}".`, { field: 'queue' });
  desk.store.updateQueue(name, change);
}

export function pauseHouse(desk: Desk, paused: boolean): void {
  desk.store.setHousePaused(paused);
}
