/**
 * Owns the verb `cap` of the command line: how much the house, or a queue, may move a second. Its hours are set in the
 * window or by `call`, and stay. Must not touch the process. Part of cli-verbs.ts.
 */
import type { BandwidthCap } from '../../src-shared/model/bandwidth-cap.ts';
import { fail } from '../../src-shared/model/failure.ts';
import type { Call } from './call-house.ts';
import { text } from './flag-values.ts';
import type { Verb } from './verb.ts';

const MEGABYTE = 1_000_000;

export const CAP: Verb = {
  usage: 'cap [MEGABYTES|none] [--queue QUEUE]',
  help: 'show or set how many megabytes a second may be read, and as many written, by everything or by a queue',
  mostWords: 1,
  async run(call, { words: [typed], flags }) {
    const queue = text(flags.queue);
    const before = await read(call, queue);
    const cap = typed === undefined ? before : wanted(typed, before);
    if (typed !== undefined && queue === undefined) await call('settings.update', { bandwidthCap: writable(cap) });
    if (typed !== undefined && queue !== undefined) await call('queue.update', { queue, bandwidthCap: writable(cap) });
    const subject = queue === undefined ? 'Everything' : `Queue ${queue}`;
    return { data: cap, lines: [`${subject}: ${inWords(cap)}`] };
  },
};

async function read(call: Call, queue: string | undefined): Promise<BandwidthCap | null> {
  if (queue === undefined) return (await call('settings.get', {})).bandwidthCap;
  const { queues } = await call('queue.list', {});
  const found = queues.find(({ name }) => name === queue);
  return found === undefined ? fail('not-found', `There is no queue "${queue}".`) : found.bandwidthCap;
}

function wanted(typed: string, before: BandwidthCap | null): BandwidthCap | null {
  if (typed === 'none') return null;
  if (!/^\d+(\.\d+)?$/.test(typed)) {
    fail('invalid-input', `"${typed}" is no number of megabytes.`, { hint: 'Like 2.5, or none.' });
  }
  return { bytesPerSecond: Math.round(Number(typed) * MEGABYTE), hours: before?.hours ?? null };
}

/** The schema's own lists may be changed. */
function writable(cap: BandwidthCap | null) {
  if (cap === null) return null;
  const windows = cap.hours?.windows.map((window) => ({ ...window, days: [...window.days] })) ?? [];
  return { ...cap, hours: cap.hours === null ? null : { ...cap.hours, windows } };
}

function inWords(cap: BandwidthCap | null): string {
  if (cap === null) return 'no cap';
  return `at most ${cap.bytesPerSecond / MEGABYTE} MB a second${cap.hours === null ? '' : ', in some hours'}`;
}
