/**
 * Owns how failed jobs become groups with one cause and one action each. Must not fetch. Called by the failures screen.
 */
import type { FailureCode } from '../../../src-shared/model/failure.ts';
import type { JobRow, TransferStep } from '../../../src-shared/model/job.ts';

/** Failed jobs of one migration that broke with one code. */
export interface FailureGroup {
  /** "3 network": stable, for selection and React. */
  readonly id: string;
  readonly migrationId: number;
  readonly code: FailureCode;
  /** The most frequent message of the group; ties go to the newest. */
  readonly message: string;
  /** How many different messages the group has. */
  readonly messages: number;
  readonly hint: string;
  /** The step where most of them broke, when the attempts told. */
  readonly step: TransferStep | null;
  readonly jobIds: readonly number[];
  /** The newest few, whole. */
  readonly samples: readonly JobRow[];
  readonly latestAtMs: number;
}

const SAMPLES = 5;

/** Largest group first, then the newest. A failed job without a recorded failure counts as `unexpected`, never left out. */
export function groupFailures(failed: readonly JobRow[]): readonly FailureGroup[] {
  const members = new Map<string, JobRow[]>();
  for (const row of failed) {
    const id = `${row.migrationId} ${row.failure?.code ?? 'unexpected'}`;
    const group = members.get(id);
    if (group === undefined) members.set(id, [row]);
    else group.push(row);
  }
  const groups = [...members].map(([id, rows]) => describeGroup(id, rows));
  return groups.sort((a, b) => b.jobIds.length - a.jobIds.length || b.latestAtMs - a.latestAtMs);
}

/** The groups in the order that was on screen; those that are new stand behind. */
export function keepOrder(groups: readonly FailureGroup[], before: readonly string[]): readonly FailureGroup[] {
  const place = new Map(before.map((id, at) => [id, at]));
  return [...groups].sort((a, b) => (place.get(a.id) ?? before.length) - (place.get(b.id) ?? before.length));
}

function describeGroup(id: string, rows: readonly JobRow[]): FailureGroup {
  const newestFirst = [...rows].sort((a, b) => b.updatedAtMs - a.updatedAtMs || b.id - a.id);
  const [newest] = newestFirst;
  const message = mostFrequent(newestFirst.map((row) => row.failure?.message ?? 'No reason was recorded.'));
  const told = newestFirst.find((row) => row.failure?.message === message)?.failure ?? null;
  return {
    id,
    migrationId: newest?.migrationId ?? 0,
    code: newest?.failure?.code ?? 'unexpected',
    message: message ?? '',
    messages: new Set(rows.map((row) => row.failure?.message)).size,
    hint: told?.hint ?? '',
    step: mostFrequent(newestFirst.flatMap((row) => (row.failedStep === null ? [] : [row.failedStep]))),
    jobIds: newestFirst.map((row) => row.id),
    samples: newestFirst.slice(0, SAMPLES),
    latestAtMs: newest?.updatedAtMs ?? 0,
  };
}

function mostFrequent<Value>(values: readonly Value[]): Value | null {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: Value | null = null;
  let most = 0;
  for (const [value, count] of counts) {
    if (count > most) [best, most] = [value, count];
  }
  return best;
}
