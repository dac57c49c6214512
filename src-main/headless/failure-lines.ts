/**
 * Owns saying on the command line why a migration did not go well: the listing, and the first jobs that failed. Must not
 * say it when all went well. Called by cli-verbs.ts and cli.ts.
 */
import type { Failure } from '../../src-shared/model/failure.ts';
import type { MigrationView } from '../../src-shared/model/migration.ts';
import type { Call } from './call-house.ts';

const MOST_SHOWN = 5;

/** Empty when nothing failed. */
export async function failureLines(call: Call, migration: MigrationView): Promise<string[]> {
  const { id, counts, listingFailure } = migration;
  const lines =
    listingFailure === null ? [] : ['The source could not be listed to its end:', ...inLines(listingFailure)];
  if (migration.state === 'empty')
    lines.push('There was nothing to move: look at the source, its prefix and the filter.');
  if (counts.failed === 0) return lines;
  const filter = { migrationId: id, states: ['failed' as const] };
  const { rows, total } = await call('job.list', { filter, sort: 'oldest', limit: MOST_SHOWN });
  lines.push(total.count === 1 ? '1 job failed:' : `${total.count} jobs failed:`);
  for (const { sourceKey, failure } of rows) {
    lines.push(`  ${JSON.stringify(sourceKey)}`, ...(failure === null ? [] : inLines(failure)));
  }
  const rest = total.count - rows.length;
  if (rest > 0) lines.push(`  and ${rest} more: transship jobs ${id} --state failed`);
  return lines;
}

function inLines({ code, message, hint }: Failure): string[] {
  return [`    ${code}: ${message}`, ...(hint === '' ? [] : [`    ${hint}`])];
}
