/**
 * Owns a bandwidth cap as it is typed and read: megabytes a second, and hours. Pure. Called by the forms of settings and
 * queues.
 */
import type { BandwidthCap } from '../../src-shared/model/bandwidth-cap.ts';
import { formatRate } from '../format/bytes.ts';
import type { Complaints } from './checked-form.ts';
import { HOURS_WORDS, type HoursDraft, toHours, toHoursDraft, windowsInWords } from './hours-form.ts';

export interface CapDraft {
  /** "": no cap. */
  readonly megabytes: string;
  readonly hours: HoursDraft;
}

const FIELD = 'bandwidthCap';

/** What to say at the fields of a cap (checked-form.ts). */
export const CAP_WORDS: Readonly<Record<string, string>> = {
  [`${FIELD}.bytesPerSecond`]: 'A number from 0.0011 to 1000000, or nothing.',
  ...Object.fromEntries(Object.entries(HOURS_WORDS).map(([field, words]) => [`${FIELD}.${field}`, words])),
};

/** `timeZone`: the one to begin with where there are no hours yet. */
export function toCapDraft(cap: BandwidthCap | null, timeZone: string): CapDraft {
  return {
    megabytes: cap === null ? '' : megabytesOf(cap.bytesPerSecond),
    hours: toHoursDraft(cap?.hours ?? null, timeZone),
  };
}

/** For the schema to check: a figure that cannot be read is NaN, which it refuses. */
export function toCap({ megabytes, hours }: CapDraft): BandwidthCap | null {
  return megabytes.trim() === '' ? null : { bytesPerSecond: bytesOf(megabytes), hours: toHours(hours) };
}

/** Megabytes as they are typed, "0.5" or "12"; NaN when they are no figure. */
export function bytesOf(typed: string): number {
  const text = typed.trim();
  return /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1_000_000) : Number.NaN;
}

export function megabytesOf(bytes: number): string {
  return String(bytes / 1_000_000);
}

/** What is wrong with the hours of the cap, at the names that the hours field knows. */
export function hoursComplaints(complaints: Complaints): Complaints {
  const prefix = `${FIELD}.`;
  return Object.fromEntries(
    Object.entries(complaints).flatMap(([field, failure]) =>
      field.startsWith(prefix) ? [[field.slice(prefix.length), failure]] : [],
    ),
  );
}

/** "at most 5.0 MB/s, Mon–Fri 08:00–18:00". */
export function capInWords({ bytesPerSecond, hours }: BandwidthCap): string {
  return `at most ${formatRate(bytesPerSecond)}${hours === null ? '' : `, ${windowsInWords(hours.windows)}`}`;
}
