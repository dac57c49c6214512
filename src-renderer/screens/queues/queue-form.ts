/**
 * Owns the form of a queue as data: what stands in it first, and the change it asks for or what is wrong with it. Pure.
 * Called by the queue dialog.
 */
import { commands } from '../../../src-shared/contract/commands.ts';
import type { QueueView } from '../../../src-shared/model/house.ts';
import { CAP_WORDS, type CapDraft, toCap, toCapDraft } from '../cap-form.ts';
import { checkForm, numberOrNone, wholeNumber } from '../checked-form.ts';
import { HOURS_WORDS, type HoursDraft, toHours, toHoursDraft } from '../hours-form.ts';

/** As typed. */
export interface QueueForm {
  readonly concurrency: string;
  readonly priority: string;
  /** "": any number. */
  readonly startsPerMinute: string;
  readonly hours: HoursDraft;
  readonly bandwidthCap: CapDraft;
}

/** What to say at a field (checked-form.ts); the bounds are those of `queue.update`. */
export const QUEUE_WORDS = {
  concurrency: 'A whole number from 1 to 256.',
  priority: 'A whole number from −100 to 100.',
  startsPerMinute: 'A whole number from 1 to 1,000,000, or nothing.',
  ...HOURS_WORDS,
  ...CAP_WORDS,
} as const;

export function toQueueForm(queue: QueueView, timeZone: string): QueueForm {
  return {
    concurrency: String(queue.concurrency),
    priority: String(queue.priority),
    startsPerMinute: queue.startsPerMinute === null ? '' : String(queue.startsPerMinute),
    hours: toHoursDraft(queue.hours, timeZone),
    bandwidthCap: toCapDraft(queue.bandwidthCap, timeZone),
  };
}

export function toQueueChange(queue: string, form: QueueForm) {
  const change = {
    queue,
    concurrency: wholeNumber(form.concurrency),
    priority: wholeNumber(form.priority),
    startsPerMinute: numberOrNone(form.startsPerMinute),
    hours: toHours(form.hours),
    bandwidthCap: toCap(form.bandwidthCap),
  };
  return checkForm(commands['queue.update'].params, change, QUEUE_WORDS);
}
