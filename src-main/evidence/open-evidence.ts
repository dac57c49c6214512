/**
 * Owns what a request for a report or a URL map becomes: a named file that is read piece by piece, with what must be
 * said about it. Must not write to a disk or a socket (the doors do). Called by src-main/api.
 */
import type { EvidenceOrder, EvidencePreview, ReportChoice, ReportFormat } from '../../src-shared/model/evidence.ts';
import { isOpen, JOB_STATES, type JobState } from '../../src-shared/model/job-state.ts';
import { keysAreUrls } from '../../src-shared/model/url-key.ts';
import type { StoredMigration } from '../store/records.ts';
import { evidencePages, type ReadEvidence } from './evidence-pages.ts';
import { writeReport } from './write-report.ts';
import { readBases, URL_MAP_WRITERS, writeUrlMap } from './write-url-map.ts';

export interface EvidenceFile {
  readonly fileName: string;
  readonly mediaType: string;
  readonly jobs: number;
  readonly remarks: readonly string[];
  /** Begins anew with every call. Throws FailureError in the middle when it cannot go on; it is then not whole. */
  readonly chunks: () => AsyncGenerator<string>;
}

const REPORT_STATES: Readonly<Record<ReportChoice, readonly JobState[]>> = {
  all: JOB_STATES,
  failed: ['failed'],
  'not-completed': JOB_STATES.filter((state) => state !== 'completed'),
};

const REPORT_TYPES: Readonly<Record<ReportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/x-ndjson',
  json: 'application/json',
};

const MAP_STATES: readonly JobState[] = ['completed', 'skipped'];

/** Throws FailureError when the order cannot be. */
export function openEvidence(migration: StoredMigration, order: EvidenceOrder, read: ReadEvidence): EvidenceFile {
  const { id, name, source, counts } = migration;
  const sum = (states: readonly JobState[]): number => states.reduce((total, state) => total + counts[state], 0);
  if (order.kind === 'report') {
    const states = REPORT_STATES[order.choice];
    const suffix = order.choice === 'all' ? '' : `-${order.choice}`;
    return {
      fileName: `transship-migration-${id}-report${suffix}.${order.format}`,
      mediaType: REPORT_TYPES[order.format],
      jobs: sum(states),
      remarks: standing(migration),
      chunks: () => writeReport(migration, order.format, evidencePages(read, id, states)),
    };
  }
  const bases = readBases(order, migration);
  const writer = URL_MAP_WRITERS[order.format];
  const redirects = sum(MAP_STATES);
  const facts = { migrationId: id, name, redirects, manyHosts: bases.old === null };
  return {
    fileName: writer.fileName(id),
    mediaType: writer.mediaType,
    jobs: redirects,
    remarks: [...standing(migration), ...writer.remarks(facts)],
    chunks: () =>
      writeUrlMap(
        facts,
        writer,
        bases,
        evidencePages(read, id, MAP_STATES),
        migration.selection === 'assets' || keysAreUrls(source.container),
      ),
  };
}

/** What keeps the file from telling of everything that the migration was. */
function standing({ prunedAtMs, listing, counts }: StoredMigration): string[] {
  const remarks: string[] = [];
  if (prunedAtMs !== null) {
    const day = new Date(prunedAtMs).toISOString().slice(0, 10);
    remarks.push(`Finished jobs of this migration were cleaned up (last on ${day}); they are not in it.`);
  }
  if (listing === 'failed')
    remarks.push('The source could not be listed to its end; what was not listed is not in it.');
  if (
    listing === 'waiting' ||
    listing === 'listing' ||
    JOB_STATES.some((state) => isOpen(state) && counts[state] > 0)
  ) {
    remarks.push('The migration has not ended: every job is told as it stands when its row is read.');
  }
  return remarks;
}

const PREVIEW_CHARACTERS = 2_000;

export async function previewEvidence({ fileName, jobs, remarks, chunks }: EvidenceFile): Promise<EvidencePreview> {
  let beginning = '';
  for await (const chunk of chunks()) {
    beginning += chunk;
    if (beginning.length > PREVIEW_CHARACTERS) break;
  }
  return { fileName, jobs, remarks, beginning: firstLines(beginning) };
}

/** Whole lines only: half an address would be a lie. */
function firstLines(text: string): string {
  if (text.length <= PREVIEW_CHARACTERS) return text;
  const cut = text.lastIndexOf('\n', PREVIEW_CHARACTERS);
  return cut < 0 ? `${text.slice(0, PREVIEW_CHARACTERS)}…` : text.slice(0, cut + 1);
}
