/**
 * Owns the report of a migration as text, piece by piece: CSV, JSON Lines, or one JSON array. Must not know where it
 * goes. Called by open-evidence.ts.
 */
import type { JobEvidence, ReportFormat } from '../../src-shared/model/evidence.ts';
import { csvLine } from '../../src-shared/report/csv.ts';
import { REPORT_COLUMNS, type ReportedMigration, reportCells, reportRow } from '../../src-shared/report/report-row.ts';

/** A row of JSON Lines or of the array stands on a line of its own. */
export async function* writeReport(
  migration: ReportedMigration,
  format: ReportFormat,
  pages: AsyncIterable<readonly JobEvidence[]>,
): AsyncGenerator<string> {
  let isFirst = true;
  if (format === 'csv') yield csvLine(REPORT_COLUMNS);
  if (format === 'json') yield '[';
  for await (const page of pages) {
    const rows = page.map((evidence) => reportRow(migration, evidence));
    if (format === 'csv') yield rows.map((row) => csvLine(reportCells(row))).join('');
    else if (format === 'jsonl') yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    else yield `${isFirst ? '\n' : ',\n'}${rows.map((row) => JSON.stringify(row)).join(',\n')}`;
    isFirst = false;
  }
  if (format === 'json') yield '\n]\n';
}
